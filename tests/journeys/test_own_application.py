# SPDX-License-Identifier: Apache-2.0
"""A repository with a web application of its own, kept as it is: run, swap, mistake, back.

Standard library only, so that its environment is empty: a script that writes `models/clf.json`,
and a server that reads it.
"""

import json
import re
import signal
import time
import urllib.error
import urllib.request

import pytest
from load import Load

SPEC = """\
shipway: 1
project: shop
model: {name: clf, task: regression, target: y}
environment: {requirements: requirements.txt}
data: {train: data/train.csv, test: data/test.csv}
train:
  command: python train.py {data.train}
  model: models/clf.json
  metrics: {json: metrics.json}
evaluate:
  metrics: [mean_error]
  gates: [mean_error <= 0.5]
package:
  server:
    command: python app.py
    port: 8000
    health: /up
    golden:
      - request: {json: {x: 3}}
        expect: {contains: {predictions: 7.0}}
      - request: {path: /version}
        expect: {json: {app: shop, version: 1}}
deploy:
  production: {target: local}
"""

TRAIN = """\
import json, os, sys
rows = [line.split(",") for line in open(sys.argv[1]).read().split()[1:]]
slope = (float(rows[-1][1]) - float(rows[0][1])) / (float(rows[-1][0]) - float(rows[0][0]))
model = {"slope": slope, "start": float(rows[0][1])}
error = sum(abs(model["start"] + slope * float(x) - float(y)) for x, y in rows) / len(rows)
os.makedirs("models", exist_ok=True)
json.dump(model, open("models/clf.json", "w"))
json.dump({"mean_error": error}, open("metrics.json", "w"))
"""

APP = """\
import json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = 1
model = json.load(open("models/clf.json"))

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        version = {"app": "shop", "version": VERSION}
        pages = {"/up": {}, "/health": {"mine": True}, "/version": version}
        self.say(200 if self.path in pages else 404, pages.get(self.path, {}))

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        x = asked.get("x", 0)
        self.say(200, {"predictions": model["start"] + model["slope"] * x, "version": VERSION})

    def say(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        pass

class Server(ThreadingHTTPServer):
    request_queue_size = 128

Server(("127.0.0.1", int(os.environ.get("PORT", 8000))), Handler).serve_forever()
"""


@pytest.fixture
def shop(project):
    project.write("shipway.yaml", SPEC)
    project.write("train.py", TRAIN)
    project.write("app.py", APP)
    project.write("requirements.txt", "\n")
    project.write(".gitignore", "__pycache__/\n")
    project.write("data/train.csv", "x,y\n0,1\n1,3\n2,5\n")
    project.write("data/test.csv", "x,y\n3,7\n4,9\n")
    project.repository()
    return project


def ask(endpoint, path, value=None):
    """Status and JSON of the answer."""
    body = None if value is None else json.dumps(value).encode()
    try:
        with urllib.request.urlopen(endpoint + path, body, 30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_an_application_goes_live_is_swapped_and_comes_back(shop):
    ended = shop.run()
    assert ended.code == 0, ended.text
    ended.said("verify production", "4 of 4 probes passed", "ask it:", "'{\"x\":3}'")
    endpoint = re.search(r"is live at (http://127\.0\.0\.1:\d+)", ended.out)[1]
    assert ask(endpoint, "/predict", {"x": 10}) == (200, {"predictions": 21.0, "version": 1})
    assert ask(endpoint, "/health") == (200, {"mine": True})
    assert ask(endpoint, "/nowhere") == (404, {})

    # Other code with an equal model is another version; nobody notices the change.
    shop.replace("app.py", "VERSION = 1", "VERSION = 2")
    shop.replace("shipway.yaml", "version: 1}}", "version: 2}}")
    shop.commit("version 2")
    with Load(endpoint) as load:
        load.until(50)
        ended = shop.run()
        assert ended.code == 0, ended.text
        load.until(50)
    assert load.failures == []
    ended.said("clf@2")
    assert ask(endpoint, "/version")[1]["version"] == 2

    # One that answers otherwise than it must never gets a request.
    shop.replace("app.py", 'model["slope"] * x', 'model["slope"] * x + 1')
    shop.commit("a mistake")
    ended = shop.run()
    assert ended.code == 1
    ended.said(
        'POST /predict {"x":3}: 200 {"predictions": 8.0,',
        "predictions is 8.0 instead of 7.0",
        'expected 200 with {"predictions":7.0}',
        "still serves",
    )
    assert ask(endpoint, "/predict", {"x": 3})[1] == {"predictions": 7.0, "version": 2}
    assert shop.shipway("rollback", "production").code == 0
    assert ask(endpoint, "/version")[1]["version"] == 1
    assert shop.shipway("stop", "production").code == 0
    shop.await_no_processes()


def test_without_golden_requests_it_says_loudly_what_was_not_looked_at(shop):
    head, _, rest = shop.read("shipway.yaml").partition("    golden:")
    shop.write("shipway.yaml", head + "deploy:" + rest.partition("deploy:")[2])
    shop.commit("no golden requests")
    ended = shop.run()
    assert ended.code == 0, ended.text
    ended.said("WARNING: r1-", "health alone", "package.server.golden")
    assert shop.run().code == 0


def test_an_application_that_crashes_or_has_its_own_port_says_so(shop):
    shop.replace("app.py", "VERSION = 1", "raise SystemExit('no database here')")
    shop.commit("crash")
    ended = shop.run()
    assert ended.code == 3
    ended.said("the application ended with exit code 1", "no database here")
    shop.replace("shipway.yaml", "python app.py", "python app.py 8000")
    ended = shop.run()
    assert ended.code == 2
    ended.said("shipway.yaml:15:14", "names its port, 8000", "Write {port} where 8000 stands.")


def test_serve_runs_the_application_and_leaves_nothing(shop, tmp_path):
    shop.environ = shop.environ | {"TMPDIR": str(tmp_path / "tmp")}
    (tmp_path / "tmp").mkdir()
    assert shop.run("--until", "register").code == 0
    ended = shop.shipway("serve", "clf@7")
    assert ended.code == 2 and "serving" not in ended.text
    process = shop.start("serve", "clf", "--port", "30999")
    line = process.stdout.readline()
    assert line == "serving clf@1 at http://127.0.0.1:30999; Ctrl-C ends it\n"
    deadline = time.monotonic() + 30
    while True:
        try:
            assert ask("http://127.0.0.1:30999", "/version")[1]["app"] == "shop"
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 130
    assert not list((tmp_path / "tmp").glob("shipway-serve-*"))
    shop.await_no_processes()
