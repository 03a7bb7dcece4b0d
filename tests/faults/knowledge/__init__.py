"""What the shop knows, under fire; docs/reliability.md says what is done and what must hold."""

ARTICLES = "knowledge/demo/lumen-and-loom/en"  # the help centre that is attacked
