from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django's own switch for this would read the comments of other people's scripts too, and miss what they mention.
OUR_IMPORTS = (
    (r"""(?P<matched>from "(?P<url>\./[^"]+)")""", 'from "%(url)s"'),
    (r"""(?P<matched>import\("(?P<url>\./[^"]+)"\))""", 'import("%(url)s")'),
)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Every file under a name of its content, also where one script of ours imports another.

    So an upgrade never mixes old and new, and what a page announces beforehand is what its scripts ask for.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", OUR_IMPORTS))
