"""Pictures as readers' browsers fetch them: for whoever has the address, as articles are sent on."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from knowledge.models import Picture

TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


@require_safe
def picture(request: HttpRequest, public_id: UUID) -> FileResponse:
    """One picture; under its address there is never another."""
    kept = get_object_or_404(Picture, public_id=public_id)
    kind = TYPES.get((kept.file.name or "").rpartition(".")[2])
    try:
        if kind is None:
            raise FileNotFoundError
        response = FileResponse(kept.file.open("rb"), content_type=kind)
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
