"""What a report consists of, once for all its forms: sections of paragraphs, points, facts, tables and figures."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain text."""

    text: str
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]
    kind: str = field(default="points", init=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms, each with what is said of it."""

    rows: tuple[tuple[str, str], ...]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text; the first column names the row, `words` are columns to read, not compare."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    words: frozenset[int] = frozenset({0})
    kind: str = field(default="table", init=False)

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"table {self.name}: every row needs {len(self.columns)} cells")


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing as SVG text; `alt` says in words what it shows."""

    name: str
    title: str
    alt: str
    svg: str
    kind: str = field(default="figure", init=False)


Block = Paragraph | Points | Facts | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; `name` is its address within the page."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report. `made` is the moment of the analysis in UTC, ISO 8601; `notices` stand before all else."""

    title: str
    subtitle: str
    made: str
    notices: tuple[str, ...]
    lead: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def tables(self) -> dict[str, Table]:
        """All tables by name."""
        return {block.name: block for block in self._blocks if isinstance(block, Table)}

    @property
    def figures(self) -> dict[str, Figure]:
        """All figures by name."""
        return {block.name: block for block in self._blocks if isinstance(block, Figure)}

    @property
    def _blocks(self) -> tuple[Block, ...]:
        return tuple(block for section in self.sections for block in section.blocks)
