# SPDX-License-Identifier: Apache-2.0
"""Elements of a picture, with everything that stands in them escaped."""

from markupsafe import Markup, escape


def element(name: str, *children: str, **attributes: object) -> Markup:
    """`<name …>children</name>`; an underscore in an attribute's name becomes a hyphen.

    `class_` is `class`; children and values are escaped unless they are Markup.
    """
    parts = [Markup("<{}").format(name)]
    for key, value in attributes.items():
        plain = "class" if key == "class_" else key.replace("_", "-")
        shown = f"{value:.6g}" if isinstance(value, float) else str(value)
        parts.append(Markup(' {}="{}"').format(plain, shown))
    parts.append(Markup(">"))
    parts.extend(escape(child) for child in children)
    parts.append(Markup("</{}>").format(name))
    return Markup("").join(parts)


def picture(width: int, height: int, title: str, description: str, *children: str) -> Markup:
    """A whole picture that scales to the width it is given and tells what it shows."""
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        *children,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_label=f"{title}. {description}",
    )


def label(x: float, y: float, text: str, kind: str = "tick", anchor: str = "middle") -> Markup:
    """Text at a place, in the style of the class `kind`."""
    return element("text", text, x=x, y=y, class_=kind, text_anchor=anchor)


def rule(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    """A straight line in the style of the class `kind`."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)
