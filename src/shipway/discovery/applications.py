# SPDX-License-Identifier: Apache-2.0
"""A web application that is there already: its app object, its routes, and how it is started."""

import ast
import re
from collections.abc import Iterator

from shipway.discovery.flags import constant
from shipway.discovery.listing import Listing
from shipway.discovery.naming import module_of
from shipway.discovery.project import CodeBase
from shipway.discovery.running import Route, WebApplication
from shipway.discovery.source import FunctionNode, SourceFile

APPS = {
    "fastapi.FastAPI": "fastapi",
    "flask.Flask": "flask",
    "quart.Quart": "flask",
    "starlette.applications.Starlette": "starlette",
    "sanic.Sanic": "other",
    "aiohttp.web.Application": "other",
    "bottle.Bottle": "other",
    "litestar.Litestar": "starlette",
}
METHODS = ("get", "post", "put", "patch", "delete")
HEALTH = re.compile(r"health|ready|live|ping|status|heartbeat", re.I)
PREDICT = re.compile(r"predict|score|infer|invocation|classif|estimate|recommend", re.I)
PORTS = {"fastapi": 8000, "starlette": 8000, "flask": 5000, "streamlit": 8501, "gradio": 7860}
STARTED = re.compile(r"\b(uvicorn|gunicorn|hypercorn|waitress-serve|flask|streamlit)\b[^\n]*")
PORT = re.compile(r"(?:--port[= ]|-p |--bind[= ]\S*?:|-b \S*?:|server\.port[= ])\s*(\d{2,5})")


def applications(base: CodeBase) -> Iterator[WebApplication]:
    """The web applications of the repository, those that answer to predictions first."""
    found = [one for source in base.sources.values() for one in _in(base, source)]
    yield from sorted(found, key=lambda one: (not one.predict, not one.routes, one.at))


def _in(base: CodeBase, source: SourceFile) -> Iterator[WebApplication]:
    if re.search(r"(^|/)tests?/|(^|/)test_|conftest", source.path):
        return
    for target, value, scope, _ in source.assigns:
        if isinstance(value, ast.Call) and isinstance(target, ast.Name):
            framework = APPS.get(source.dotted(value.func))
            if framework is not None and (scope.is_module or scope.is_function):
                yield _application(base, source, framework, target.id, value, scope.is_module)
                return
    if source.imports_any("streamlit") and any(
        call.name.startswith("streamlit.") for call in source.calls
    ):
        yield WebApplication(
            framework="streamlit",
            at=source.place(1),
            why="a Streamlit page for people; it has no address for programs",
            command=f"streamlit run {source.path} --server.port 8501 --server.headless true",
            port=8501,
            health="/_stcore/health",
        )
    elif source.imports_any("gradio"):
        for call in source.calls:
            if call.name in ("gradio.Interface", "gradio.Blocks"):
                yield WebApplication(
                    framework="gradio",
                    at=source.place(call.node),
                    why="a Gradio page for people",
                    command=f"python {source.path}",
                    port=7860,
                )
                return


def _application(
    base: CodeBase, source: SourceFile, framework: str, name: str, node: ast.Call, top: bool
) -> WebApplication:
    module, folder = module_of(base, source.path)
    routes = tuple(_routes(source, name))
    health = _health(routes)
    predict = next((one.path for one in routes if PREDICT.search(one.path + one.function)), "")
    if not predict:
        predict = next((one.path for one in routes if one.method == "POST"), "")
    port = _port(base.listing, source, framework)
    return WebApplication(
        framework=framework,  # type: ignore[arg-type]
        at=source.place(node),
        why=f"{name} is a {framework} application with {len(routes)} routes",
        app=f"{module}:{name}" if top else "",
        command=_command(source, framework, f"{module}:{name}", folder, port, top),
        folder=folder,
        port=port,
        routes=routes,
        health=health,
        predict=predict,
    )


def _command(
    source: SourceFile, framework: str, app: str, folder: str, port: int, top: bool
) -> str:
    if not top:
        return f"python {source.path}"
    inside = "" if folder == "." else f" --app-dir {folder}"
    if framework in ("fastapi", "starlette"):
        return f"uvicorn {app}{inside} --host 0.0.0.0 --port {port}"
    if framework == "flask":
        started = source.imports_any("gunicorn")
        inside = "" if folder == "." else f" --chdir {folder}"
        if started:
            return f"gunicorn {app}{inside} --bind 0.0.0.0:{port}"
        place = app if folder == "." else f"{folder}/{app}"
        return f"flask --app {place} run --host 0.0.0.0 --port {port}"
    return f"python {source.path}"


def _routes(source: SourceFile, app: str) -> Iterator[Route]:
    """`@app.get("/x")`, `@app.route("/x", methods=["POST"])`, and those of routers."""
    for scope in source.scopes:
        if not isinstance(scope.node, FunctionNode):
            continue
        for decorator in scope.node.decorator_list:
            if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
                continue
            path = constant(decorator.args[0]) if decorator.args else None
            verb = decorator.func.attr
            if path is None or not path.startswith("/"):
                continue
            if verb in METHODS:
                yield Route(verb.upper(), path, source.place(decorator), scope.node.name)
            elif verb in ("route", "api_route"):
                for method in _methods(decorator):
                    yield Route(method, path, source.place(decorator), scope.node.name)


def _methods(decorator: ast.Call) -> list[str]:
    given = next((one.value for one in decorator.keywords if one.arg == "methods"), None)
    elements = given.elts if isinstance(given, ast.List | ast.Tuple | ast.Set) else []
    return [text.upper() for text in (constant(one) for one in elements) if text] or ["GET"]


def _health(routes: tuple[Route, ...]) -> str:
    plain = [one for one in routes if one.method == "GET" and not re.search(r"[{<]", one.path)]
    for one in plain:
        if HEALTH.search(one.path) or HEALTH.search(one.function):
            return one.path
    return next((one.path for one in plain if one.path == "/"), "")


def _port(listing: Listing, source: SourceFile, framework: str) -> int:
    """The port: of the code's own run(), else of a Dockerfile or Procfile, else the usual one."""
    for call in source.calls:
        name = call.name
        if name == "uvicorn.run" or name.endswith(".run"):
            for keyword in call.node.keywords:
                text = constant(keyword.value) if keyword.arg == "port" else None
                if text and text.isdigit():
                    return int(text)
    for path in listing.named("dockerfile", "procfile", "docker-compose.yml", "makefile"):
        text = listing.text(path)
        started = STARTED.search(text)
        match = PORT.search(re.sub(r'",\s*"', " ", started[0])) if started else None
        exposed = re.search(r"^EXPOSE\s+(\d+)", text, re.M | re.I)
        if match or exposed:
            return int((match or exposed)[1])  # type: ignore[index]
    return PORTS.get(framework, 8000)
