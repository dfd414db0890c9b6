"""What was measured, as Markdown, each figure with the one to reach."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """A figure and what it should be: at most, unless ``is_least``."""

    name: str
    reached: float
    wanted: float
    form: str = "{:.1f}"
    is_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether it is reached."""
        if self.is_least:
            return self.reached >= self.wanted
        return self.reached <= self.wanted

    def line(self) -> str:
        """As a sentence."""
        relation = "at least" if self.is_least else "at most"
        reached, wanted = self.form.format(self.reached), self.form.format(self.wanted)
        return f"- {self.name}: {reached}, {relation} {wanted} wanted: " + (
            "met" if self.is_met else "**missed**"
        )


@dataclass
class Table:
    """Lines under a heading."""

    title: str
    columns: tuple[str, ...]
    lines: list[tuple[str, ...]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """Add a line."""
        self.lines.append(cells)

    def markdown(self) -> str:
        """The table with its targets beneath."""
        rule = ["---", *("---:" for _ in self.columns[1:])]
        rows = [f"| {' | '.join(cells)} |" for cells in (self.columns, rule, *self.lines)]
        parts = [f"### {self.title}\n", *rows]
        if self.targets:
            parts += ["", *(target.line() for target in self.targets)]
        return "\n".join(parts) + "\n"


def milliseconds(seconds: float) -> str:
    """A time as it reads best."""
    return f"{seconds * 1000:.1f} ms"
