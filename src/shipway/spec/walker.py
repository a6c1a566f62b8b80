# SPDX-License-Identifier: Apache-2.0
"""One walk over the nodes, driven by the types of the spec: plain values out, mistakes noted.

The walker knows nothing of any single key. It goes through the Structs of `spec.types` as
`msgspec.inspect` describes them, gives each scalar the type of the field it lands in, remembers
where every value stands, and goes on after a mistake. A value that can't be read becomes `FAILED`:
an optional field then keeps its default, a Struct without a required field fails as a whole.
"""

from collections.abc import Callable
from typing import Any

from msgspec import inspect

from shipway.base.names import did_you_mean, nearest
from shipway.spec import scalars
from shipway.spec.demands import Terms
from shipway.spec.document import KeyPath, Position
from shipway.spec.forms import FORMS, OPEN, RESERVED, TERMED, takes_terms
from shipway.spec.mistakes import Findings
from shipway.spec.nodes import Mapping, Node, Scalar, Sequence
from shipway.spec.quoting import quoted_part
from shipway.spec.scalars import WRITTEN, Wrong
from shipway.spec.types import Amount
from shipway.spec.wording import describe, expected_by

FAILED: Any = object()
VALUE = "value"


class Walker:
    """Reads one tree of nodes; `positions` and `findings` grow on the way."""

    def __init__(self, findings: Findings, lines: list[str]) -> None:
        self.findings = findings
        self.lines = lines
        self.positions: dict[KeyPath, Position] = {}

    def read(self, node: Node, kind: inspect.Type, path: KeyPath) -> Any:
        """The plain value of `node` as a field of type `kind`, or FAILED."""
        self.positions[path] = node.at
        if isinstance(kind, inspect.Metadata):
            way = (kind.extra or {}).get("written")
            if way == "several":
                return self._several(node, kind, path)
            if way is not None:
                return self._scalar(node, WRITTEN[way], kind, path)
            return self.read(node, kind.type, path)
        return READERS[type(kind)](self, node, kind, path)

    def wrong(self, node: Node, kind: inspect.Type, path: KeyPath) -> Any:
        """Note that `node` is of another kind than `kind`; FAILED."""
        braces = self._braces(node)
        if braces:
            what = f"{described(path)}braces without quotes are a mapping to YAML"
            self.findings.add(node.at, what, cure=f"Write:\n    {braces}")
            return FAILED
        cure = ""
        if isinstance(node, Scalar) and isinstance(bare(kind), inspect.VarTupleType | TUPLES):
            cure = f"Write [{node.text}]." if node.text and not node.quoted else ""
        what = f"{described(path)}found {describe(node)}"
        self.findings.add(node.at, what, expected=expected_by(kind), cure=cure)
        return FAILED

    def _braces(self, node: Node) -> str:
        """The line to write when `{data.train}` was read as a mapping; empty when it was not."""
        if not (isinstance(node, Mapping) and node.flow and len(node.entries) == 1):
            return ""
        value = node.entries[0][1]
        if not (isinstance(value, Scalar) and value.is_empty()) or node.at.line != node.end.line:
            return ""
        line = self.lines[node.at.line - 1]
        return quoted_part(line, node.at.column - 1, node.end.column)

    def _scalar(
        self, node: Node, convert: Callable[[Scalar], Any], kind: inspect.Type, path: KeyPath
    ) -> Any:
        if not isinstance(node, Scalar):
            return self.wrong(node, kind, path)
        try:
            return convert(node)
        except Wrong as wrong:
            at = self._inside(node, wrong.offset)
            found = wrong.found or f"found {describe(node)}"
            self.findings.add(at, described(path) + found, expected=wrong.expected, cure=wrong.cure)
            return FAILED

    def _inside(self, node: Scalar, offset: int | None) -> Position:
        """The place of a character of a scalar, where the text shows it as it was read."""
        line = self.lines[node.at.line - 1] if node.at.line <= len(self.lines) else ""
        begin = node.at.column - 1 + node.quoted
        if offset is None or not line.startswith(node.text, begin):
            return node.at
        return Position(node.at.line, begin + 1 + min(offset, len(node.text)))

    def _several(self, node: Node, kind: inspect.Metadata, path: KeyPath) -> Any:
        """One value or a list of values, as a list that is not empty."""
        items = bare(kind)
        if isinstance(node, Scalar) and isinstance(items, inspect.VarTupleType):
            value = self.read(node, items.item_type, path)
            return FAILED if value is FAILED else [value]
        if isinstance(node, Sequence) and not node.items:
            return self.wrong(node, kind, path)
        return self.read(node, items, path)

    def text(self, node: Node, kind: inspect.Type, path: KeyPath) -> Any:
        """A text, raw."""
        return self._scalar(node, scalars.text, kind, path)

    def integer(self, node: Node, kind: inspect.IntType, path: KeyPath) -> Any:
        """A whole number within the bounds of its type."""
        value = self._scalar(node, scalars.integer, kind, path)
        return self._bounded(value, node, kind, path)

    def number(self, node: Node, kind: inspect.FloatType, path: KeyPath) -> Any:
        """A number within the bounds of its type."""
        value = self._scalar(node, scalars.number, kind, path)
        return self._bounded(value, node, kind, path)

    def boolean(self, node: Node, kind: inspect.Type, path: KeyPath) -> Any:
        """`true` or `false`."""
        return self._scalar(node, scalars.boolean, kind, path)

    def _bounded(
        self, value: Any, node: Node, kind: inspect.IntType | inspect.FloatType, path: KeyPath
    ) -> Any:
        if value is FAILED:
            return FAILED
        fits = (
            (kind.ge is None or value >= kind.ge)
            and (kind.gt is None or value > kind.gt)
            and (kind.le is None or value <= kind.le)
        )
        return value if fits else self.wrong(node, kind, path)

    def choice(self, node: Node, kind: inspect.LiteralType, path: KeyPath) -> Any:
        """One of a few words."""
        if not isinstance(node, Scalar):
            return self.wrong(node, kind, path)
        if node.text in kind.values:
            return node.text
        guess = nearest(node.text, [str(value) for value in kind.values])
        self.findings.add(
            node.at,
            f"{described(path)}found {describe(node)}",
            expected=expected_by(kind),
            cure=f"Did you mean {guess!r}?" if guess else "",
        )
        return FAILED

    def union(self, node: Node, kind: inspect.UnionType, path: KeyPath) -> Any:
        """One of several types: which one follows from what stands there."""
        optional = any(isinstance(each, inspect.NoneType) for each in kind.types)
        if optional and isinstance(node, Scalar) and scalars.is_null(node) and node.text:
            return None
        choices = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        if len(choices) == 1:
            return self.read(node, choices[0], path)
        fitting = [each for each in choices if fits(node, each)]
        return self.read(node, fitting[0], path) if fitting else self.wrong(node, kind, path)

    def items(self, node: Node, kind: inspect.VarTupleType, path: KeyPath) -> Any:
        """A list of any length."""
        if not isinstance(node, Sequence):
            return self.wrong(node, kind, path)
        values = [self.read(x, kind.item_type, (*path, n)) for n, x in enumerate(node.items)]
        return [value for value in values if value is not FAILED]

    def fixed(self, node: Node, kind: inspect.TupleType, path: KeyPath) -> Any:
        """A list of a fixed length."""
        if not isinstance(node, Sequence) or len(node.items) != len(kind.item_types):
            return self.wrong(node, kind, path)
        pairs = zip(node.items, kind.item_types, strict=True)
        values = [self.read(item, each, (*path, n)) for n, (item, each) in enumerate(pairs)]
        return FAILED if FAILED in values else values

    def table(self, node: Node, kind: inspect.DictType, path: KeyPath) -> Any:
        """A mapping with keys of the user's own."""
        if not isinstance(node, Mapping):
            return self.wrong(node, kind, path)
        found = {}
        for key, value in node.entries:
            name = self._scalar(key, _key_reader(kind.key_type), kind.key_type, path)
            read = self.read(value, kind.value_type, (*path, key.text))
            if name is not FAILED and read is not FAILED:
                found[name] = read
        return found

    def anything(self, node: Node, kind: inspect.Type, path: KeyPath) -> Any:
        """A value of any type, by the core schema."""
        self.positions[path] = node.at
        if isinstance(node, Scalar):
            return self._scalar(node, scalars.resolve, kind, path)
        if isinstance(node, Sequence):
            return [self.anything(x, kind, (*path, n)) for n, x in enumerate(node.items)]
        return {k.text: self.anything(v, kind, (*path, k.text)) for k, v in node.entries}

    def struct(self, node: Node, kind: inspect.StructType, path: KeyPath) -> Any:
        """A part of the spec: its fields, each by its own type."""
        if kind.cls is Amount:
            return self._scalar(node, scalars.amount, kind, path)
        form = FORMS.get(kind.cls)
        if form is not None:
            rewritten = form.rewrite(node)
            if form.instead and rewritten is node:
                return self.wrong(node, kind, path)
            node = rewritten
        if not isinstance(node, Mapping):
            return self.wrong(node, kind, path)
        return self._fields(node, kind, path)

    def _fields(
        self,
        node: Mapping,
        kind: inspect.StructType,
        path: KeyPath,
        others: tuple[str, ...] = (),
    ) -> Any:
        collects = OPEN.get(kind.cls)
        termed = TERMED.get(kind.cls)
        fields = {f.encode_name: f for f in kind.fields if f.encode_name not in (collects, termed)}
        found: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        terms: dict[str, Any] = {}
        for key, value in node.entries:
            field = fields.get(key.text)
            if field is not None and termed and isinstance(value, Mapping) and takes_terms(field):
                inner = (*path, key.text)
                found[key.text], terms[key.text] = self._with_terms(value, field.type, inner)
            elif field is not None:
                found[key.text] = self.read(value, field.type, (*path, key.text))
            elif collects:
                extra[key.text] = self.anything(value, inspect.AnyType(), (*path, key.text))
                self.positions[(*path, collects, key.text)] = value.at
            else:
                self._unknown(key, value, [*fields, *others], path)
        missing = [f for n, f in fields.items() if f.required and n not in found]
        for field in missing:
            self.findings.add(
                node.at,
                f"{described(path)}the key {field.encode_name!r} is missing",
                expected=expected_by(field.type),
            )
        if missing or any(found.get(n) is FAILED for n, f in fields.items() if f.required):
            return FAILED
        found = {key: value for key, value in found.items() if value is not FAILED}
        if termed and terms:
            found[termed] = {key: value for key, value in terms.items() if value}
        return {**found, collects: extra} if collects and extra else found

    def _with_terms(self, node: Mapping, kind: inspect.Type, path: KeyPath) -> tuple[Any, Any]:
        """The value of a demand, and its terms, of `{value: …, at_most: 1%, on_fail: warn}`."""
        braces = self._braces(node)
        if braces:
            return self.wrong(node, kind, path), {}
        own = [entry for entry in node.entries if entry[0].text != VALUE]
        terms_type = inspect.type_info(Terms)
        assert isinstance(terms_type, inspect.StructType)  # noqa: S101 - narrows the type
        terms = self._fields(Mapping(tuple(own), node.at), terms_type, path, (VALUE,))
        value = node.get(VALUE)
        if value is not None:
            read = self.read(value, kind, path)
            self.positions[(*path, VALUE)] = value.at
            return read, terms
        if is_truth(kind):
            self.positions[path] = node.at
            return True, terms
        self.positions[path] = node.at
        self.findings.add(
            node.at,
            f"{described(path)}the key {VALUE!r} is missing",
            expected=expected_by(kind),
        )
        return FAILED, terms

    def _unknown(self, key: Scalar, value: Node, known: list[str], path: KeyPath) -> None:
        self.positions[(*path, key.text)] = value.at
        if not path and key.text in RESERVED:
            self.findings.add(key.at, f"the key {key.text!r} is reserved, not available yet")
            return
        self.findings.add(
            key.at,
            f"{described(path)}unknown key {key.text!r}",
            cure=did_you_mean(key.text, known),
        )


def described(path: KeyPath) -> str:
    """`data.columns.amount: ` for the beginning of a message; nothing at the top level."""
    if not path:
        return ""
    first, *rest = path
    text = str(first)
    for key in rest:
        text += f"[{key}]" if isinstance(key, int) else f".{key}"
    return f"{text}: "


def bare(kind: inspect.Type) -> inspect.Type:
    """The type below its annotations and below `| None`."""
    if isinstance(kind, inspect.Metadata):
        return bare(kind.type)
    if isinstance(kind, inspect.UnionType):
        others = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        return bare(others[0]) if len(others) == 1 else kind
    return kind


def is_truth(kind: inspect.Type) -> bool:
    """True for a demand that is made by naming it, such as `unique`."""
    return isinstance(kind, inspect.BoolType)


def fits(node: Node, kind: inspect.Type) -> bool:
    """True when `node` looks like a value of `kind`, seen from outside."""
    inner = bare(kind)
    if isinstance(node, Mapping):
        return isinstance(inner, inspect.StructType | inspect.DictType)
    if isinstance(node, Sequence):
        return isinstance(inner, inspect.VarTupleType | inspect.TupleType)
    if isinstance(inner, inspect.FloatType):
        return scalars.is_number(node)
    return isinstance(inner, inspect.StrType | inspect.LiteralType)


def _key_reader(kind: inspect.Type) -> Callable[[Scalar], Any]:
    way = (kind.extra or {}).get("written") if isinstance(kind, inspect.Metadata) else None
    return WRITTEN[way] if way else scalars.text


TUPLES = inspect.TupleType
READERS: dict[type, Callable[[Walker, Node, Any, KeyPath], Any]] = {
    inspect.AnyType: Walker.anything,
    inspect.StrType: Walker.text,
    inspect.IntType: Walker.integer,
    inspect.FloatType: Walker.number,
    inspect.BoolType: Walker.boolean,
    inspect.LiteralType: Walker.choice,
    inspect.UnionType: Walker.union,
    inspect.VarTupleType: Walker.items,
    inspect.TupleType: Walker.fixed,
    inspect.DictType: Walker.table,
    inspect.StructType: Walker.struct,
}
