# SPDX-License-Identifier: Apache-2.0
"""What must hold for the user's own web application: its command, its port, its golden requests."""

import re
import shlex

from shipway.spec.document import KeyPath
from shipway.spec.review import Review
from shipway.spec.server import GoldenRequest, RequestSpec, ServerSpec

PLACES = ("port", "host", "model_dir")
PLACE = re.compile(r"(?<!\$)\{([A-Za-z_][A-Za-z0-9_.]*)\}")
SERVER = ("package", "server")


def review_server(review: Review) -> None:
    """All of `package.server`."""
    server = review.spec.package.server
    if server is None:
        return
    _texts(review, server)
    _port(review, server)
    for number, golden in enumerate(server.golden):
        _golden(review, (*SERVER, "golden", number), golden)


def names_port(server: ServerSpec) -> bool:
    """Whether the command itself says on which port to listen: no other one can be given to it."""
    number = re.compile(rf"(?<![0-9.]){server.port}(?![0-9.])")
    return any(number.search(word) for word in shlex.split(server.command))


def _texts(review: Review, server: ServerSpec) -> None:
    texts: dict[KeyPath, str] = {(*SERVER, "command"): server.command}
    texts |= {(*SERVER, "env", name): text for name, text in server.env.items()}
    for keys, text in texts.items():
        for name in PLACE.findall(text):
            if name not in PLACES:
                known = ", ".join(f"{{{place}}}" for place in PLACES)
                review.add(keys, f"{{{name}}} stands for nothing here", expected=known)
    for name, text in server.env.items():
        if "${" in text:
            review.add(
                (*SERVER, "env", name),
                "a variable of this machine would become part of the image",
                cure="Write the value, or let whoever runs the image set the variable.",
            )


def _port(review: Review, server: ServerSpec) -> None:
    local = [name for name, each in review.spec.deploy.items() if each.target == "local"]
    if local and names_port(server):
        review.add(
            (*SERVER, "command"),
            f"names its port, {server.port}; in {local[0]} the old and the new release stand side "
            "by side while the traffic moves, each on a port of its own",
            cure=f"Write {{port}} where {server.port} stands.",
        )


def _golden(review: Review, keys: KeyPath, golden: GoldenRequest) -> None:
    request, expect = golden.request, golden.expect
    if request.json is not None and request.body is not None:
        review.add((*keys, "request", "body"), "stands beside json", cure="Choose one of them.")
    if method_of(request) == "GET" and (request.json is not None or request.body is not None):
        review.add((*keys, "request", "method"), "GET has no body", cure="Write method: POST.")
    if expect.contains is not None and not isinstance(expect.contains, str | dict):
        review.add(
            (*keys, "expect", "contains"),
            "found neither a text nor a mapping",
            expected="a text of the body, or keys and values of its JSON",
        )


def method_of(request: RequestSpec) -> str:
    """The method that is written, else POST with a body and GET without."""
    if request.method is not None:
        return request.method
    return "POST" if request.json is not None or request.body is not None else "GET"
