# SPDX-License-Identifier: Apache-2.0
"""A small project on fakes: its stages can be called one by one, with a real `StageContext`.

    road = Road(tmp_path, text_of_a_spec, {"rules.py": "..."})
    data = validate(road.context(), road.source)

Processes are real, in the Python that runs the tests; store, registry and target are in memory.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shipway.adapters import registries
from shipway.adapters.environments.fake import FakeEnvironments
from shipway.adapters.sources.fake import FakeSources
from shipway.adapters.targets.fake import FakeTarget
from shipway.adapters.targets.interface import Observation, Placed
from shipway.base import catalogue
from shipway.base.processes import run
from shipway.engine.codesets import CodeSets
from shipway.engine.filedigests import FileDigests
from shipway.engine.wiring import project_paths
from shipway.records.base import Skipped
from shipway.records.data import ValidatedData
from shipway.records.delivery import ModelVersion, Package
from shipway.records.source import PythonEnvironment, Source
from shipway.records.steps import Output
from shipway.records.training import Evaluation, TrainedModel
from shipway.spec.reader import read_text
from shipway.spec.types import EnvironmentSpec
from shipway.stages.champions import Champions
from shipway.stages.context import StageContext
from shipway.stages.evaluate import evaluate
from shipway.stages.register import register
from shipway.stages.stage import Scope
from shipway.stages.store import store
from shipway.stages.train import train
from shipway.stages.validate import validate
from shipway.storage.kept import BucketStore
from shipway.storage.memory import MemoryStore
from shipway.storage.trees import put_tree

NO_TESTS = Skipped("no tests")
HEAD = "shipway: 1\nproject: toy\nmodel: {name: toy, task: binary, target: y, positive: 1}\n"
SPEC = (
    HEAD
    + """data: {train: data/train.csv, test: data/test.csv}
train:
  command: "python train.py {data.train}"
  env: {LIMIT: "5"}
  model: rule.json
  predict: rules:predict
  metrics: {json: metrics.json}
  code: ["*.py"]
evaluate:
  metrics: [roc_auc, accuracy]
  gates: [accuracy >= 0.9]
deploy:
  production: {target: local}
"""
)
TRAIN = """import json, os, sys
rows = open(sys.argv[1]).read().splitlines()
json.dump({"limit": float(os.environ["LIMIT"])}, open("rule.json", "w"))
json.dump({"rows": len(rows) - 1, "deep": {"loss": 0.25}, "name": "x"}, open("metrics.json", "w"))
print("loss=0.5 step=1")
print("loss=0.25 step=2")
"""
RULES = """import json
from pathlib import Path

def predict(rows):
    rows = rows if isinstance(rows, list) else rows.to_dicts()
    limit = json.loads(Path("rule.json").read_text())["limit"]
    return [0.9 if row["amount"] > limit else 0.1 for row in rows]
"""


def table(rows: int, shift: float = 0.0) -> str:
    """A CSV table: `y` is 1 where `amount` is above 5."""
    lines = ["id,amount,country,y"]
    for number in range(rows):
        amount = (number * 7 % 100) / 10 + shift
        lines.append(f"{number},{amount},{('DE', 'FR')[number % 2]},{int(amount > 5)}")
    return "\n".join(lines) + "\n"


TOY = {
    "train.py": TRAIN,
    "rules.py": RULES,
    "data/train.csv": table(80),
    "data/test.csv": table(100, 0.05),
}


def copy_of(kept: BucketStore) -> MemoryStore:
    """A store with the same content."""
    made = MemoryStore()
    for key in kept.bucket.list(""):
        data = kept.bucket.read(key)
        assert data is not None
        made.bucket.replace(key, data)
    return made


class Road:
    """One project and the parts that its stages use; each `context` has a scratch of its own."""

    def __init__(
        self,
        folder: Path,
        spec: str = SPEC,
        files: Mapping[str, str | bytes] = TOY,
        kept: BucketStore | None = None,
    ) -> None:
        self.folder = folder / "project"
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        self.document = read_text(spec, self.folder / "shipway.yaml")
        self.spec = self.document.spec
        self.source = Source(
            "c0ffee", "main", "main", "Ada", "2026-01-01", "s", False,
            str(self.folder), str(self.folder),
        )  # fmt: skip
        self.store: BucketStore = MemoryStore() if kept is None else kept
        self.registry = catalogue.load("registries", registries.CATALOGUE, "built-in")(self.store)
        self.files = FileDigests(folder / "files.db")
        self.sources = FakeSources(self.source)
        self.environments = FakeEnvironments(folder / "overlay")
        self.target: FakeTarget = FakeTarget()
        self.scratches = folder / "scratch"
        self.cancelled = threading.Event()
        self.told: list[str] = []
        self.count = 0

    @property
    def environment(self) -> PythonEnvironment:
        """This Python; its lock is short, as that of a small project."""
        made = self.environments.resolve(self.folder, EnvironmentSpec(), self.told.append)
        return msgspec.structs.replace(made, lock="polars==1\n", packages=())

    def code(self) -> CodeSets:
        def listing(whole: bool) -> list[str]:
            return self.sources.files(self.source, whole=whole)

        return CodeSets(self.document, self.source, listing, self.files)

    def context(
        self, environment: str = "", produced: Mapping[str, Output] | None = None
    ) -> StageContext:
        self.count += 1
        scratch = self.scratches / str(self.count)
        scratch.mkdir(parents=True)

        def process(argv: Any, **options: Any) -> Any:
            return run(argv, **{"cancelled": self.cancelled, **options})

        return StageContext(
            document=self.document, paths=project_paths(self.folder), store=self.store,
            files=self.files, scratch=scratch, process=process, tell=self.told.append,
            run_id="run-1", by="ada", cancelled=self.cancelled, sources=self.sources,
            environments=self.environments, registry=self.registry,
            champions=Champions(self.spec, self.store, self.registry),
            targets=lambda name: self.target, code=self.code().digests,
            produced=produced or {}, environment=environment,
        )  # fmt: skip

    def scope(self, environment: str = "", champion: str = "") -> Scope:
        return Scope(
            document=self.document, source=self.source, files=self.files,
            code=self.code().digests, produced={}, champion=lambda: champion,
            champion_profile=lambda: "", environments=self.environments, environment=environment,
        )  # fmt: skip

    def data(self) -> ValidatedData:
        found = validate(self.context(), self.source)
        assert isinstance(found, ValidatedData)
        return found

    def trained(self) -> TrainedModel:
        found = train(self.context(), self.source, self.environment, self.data(), NO_TESTS)
        assert isinstance(found, TrainedModel)
        return found

    def evaluated(self, model: TrainedModel) -> Evaluation:
        return evaluate(self.context(), self.source, self.environment, model, self.data())

    def registered(self, model: TrainedModel, evaluation: Evaluation) -> ModelVersion:
        kept = store(self.context(), self.source, self.environment, self.data(), model, evaluation)
        return register(self.context(), self.source, kept, evaluation)

    def package(self, letter: str, version: ModelVersion, golden: bytes | None = None) -> Package:
        """A package whose bundle holds golden predictions and nothing else."""
        bundle = self.folder.parent / f"bundle-{letter}"
        (bundle / "model").mkdir(parents=True)
        text = b'{"rows": [{"amount": 9.0}], "predictions": [1], "scores": null}'
        (bundle / "model" / "golden.json").write_bytes(golden or text)
        digest = put_tree(self.store.objects, bundle)
        return Package(
            digest=f"sha256:{letter * 64}", layout=digest, bundle=digest, layers=(), size=1,
            model=version.digest, environment=version.environment,
        )  # fmt: skip

    def version(self, letter: str, verdict: str = "passed", **more: Any) -> ModelVersion:
        """A registered version of a model that nobody trained."""
        model = TrainedModel(f"sha256:{letter * 64}", "sklearn", code=f"sha256:{'c' * 64}")
        found = Evaluation(model.digest, "test", "rows", 100, verdict=verdict, **more)  # type: ignore[arg-type]
        return self.registered(model, found)


@pytest.fixture(autouse=True)
def own_key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing uses a key of the tests' own."""
    monkeypatch.delenv("SHIPWAY_KEY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "config"))


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Road]]:
    """Makes a road in this test's own folder."""
    made: list[Road] = []

    def build(*arguments: Any, **options: Any) -> Road:
        road = Road(tmp_path / f"road-{len(made)}", *arguments, **options)
        made.append(road)
        return road

    yield build
    for road in made:
        road.files.close()


@pytest.fixture
def road(make: Callable[..., Road]) -> Road:
    """The toy project, not trained yet."""
    return make()


class Trained:
    """The toy project's model, trained once for all tests."""

    def __init__(self, road: Road) -> None:
        self.road = road
        self.model = road.trained()
        self.evaluation = road.evaluated(self.model)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    road = Road(tmp_path_factory.mktemp("once"))
    yield Trained(road)
    road.files.close()


@pytest.fixture
def trained_road(once: Trained, make: Callable[..., Road]) -> Road:
    """The toy project with a store that holds the trained model, and uses of the test set."""
    road = make(kept=copy_of(once.road.store))
    assert isinstance(road, Road)
    return road


class Answers:
    """What the releases behind a served target say: 1, unless a test wants another answer."""

    def __init__(self) -> None:
        self.placed: dict[str, Any] = {}
        self.live: dict[str, Any] = {}
        self.asked: list[str] = []

    def to(self, place: str, release: str) -> Any:
        self.asked.append(place)
        said = self.placed if place != "live" else self.live
        return said.get(release.partition("-")[0], 1)


class ServedTarget(FakeTarget):
    """A fake target whose addresses answer over HTTP."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def route(self, weights: Mapping[str, float]) -> str:
        super().route(weights)
        return f"{self.address}/live"

    def observe(self) -> Observation:
        seen = super().observe()
        return msgspec.structs.replace(seen, endpoint=f"{self.address}/live")

    def _placed(self, release: str) -> Placed:
        return Placed(release, f"{self.address}/{release}", release not in self.sick)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def served(answers: Answers) -> Iterator[ServedTarget]:
    """A target with a small server behind it; `answers` says what its releases answer."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.answer(b"{}")

        def do_POST(self) -> None:
            body = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])))
            said = answers.to(self.place(), self.release())
            self.answer(msgspec.json.encode({"predictions": [said] * len(body["instances"])}))

        def place(self) -> str:
            return self.path.split("/")[1]

        def release(self) -> str:
            return next(iter(target.weights), "") if self.place() == "live" else self.place()

        def answer(self, data: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-Shipway-Release", self.release())
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    target = ServedTarget(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield target
    server.shutdown()
    thread.join()
    server.server_close()
