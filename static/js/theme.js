// Runs before the first paint: a theme she chose herself. Nothing is stored until she chooses.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's theme is a good one.
}
