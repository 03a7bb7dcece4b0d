from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    label = "knowledge"
    verbose_name = "Knowledge"

    def ready(self) -> None:
        """Make the tasks known; they live under the verbs they run."""
        from knowledge import articles, indexing, recipes  # noqa: F401
