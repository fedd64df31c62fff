"""A real MLflow scoring server behind the gateway: every form of input, and refusals that MLflow's own code reads."""

import json
import subprocess

import pytest
from site_of import MODELS, SERVERS, serving
from stage import free_port

GINA, FRED, FELIX, HANS, NORA = (f"{name}-key-of-the-tests" for name in ("gina", "fred", "felix", "hans", "nora"))

FLOWERS = [[5.1, 3.5, 1.4, 0.2], [6.3, 2.7, 4.9, 1.8], [5.9, 3.0, 4.2, 1.5]]
COLUMNS = ["sepal length", "sepal width", "petal length", "petal width"]
FORMS = {
    "inputs": {"inputs": FLOWERS},
    "instances": {"instances": FLOWERS},
    "dataframe_split": {"dataframe_split": {"columns": COLUMNS, "index": [7, 8, 9], "data": FLOWERS}},
    "dataframe_records": {"dataframe_records": [dict(zip(COLUMNS, flower)) for flower in FLOWERS]},
}
CSV = "\n".join([",".join(COLUMNS), *(",".join(map(str, flower)) for flower in FLOWERS), ""]).encode()


def serve(stage):
    """Trains the model, starts MLflow's own command; returns the port."""
    folder, port = stage.folder / "model", free_port()
    subprocess.run([SERVERS / "python", MODELS / "iris_mlflow.py", folder], check=True, capture_output=True)
    stage.start(
        "mlflow", SERVERS / "mlflow", "models", "serve", "--model-uri", folder, "--env-manager", "local",
        "--host", "127.0.0.1", "--port", port, "--workers", "1",
        env={"PATH": f"{SERVERS}:/usr/bin:/bin"},  # it looks for uvicorn there
    )
    stage.wait_for_answer("mlflow", f"http://127.0.0.1:{port}/ping", 60)
    return port


@pytest.fixture(scope="module")
def site():
    with serving("mlflow.yaml", serve) as site:
        yield site


def predict(site, body, key=GINA, **headers):
    return site.ask("/invocations", body, key, **headers)


def flowers(first):
    """A body that no other test sends, so that none is answered from another's memory."""
    return {"inputs": [[first, 3.5, 1.4, 0.2]]}


@pytest.mark.parametrize("form", FORMS)
def test_predicts_from_each_form_of_input_what_the_model_predicts(site, form):
    through = predict(site, FORMS[form])
    assert (through.status, through.json) == (200, {"predictions": [0, 2, 1]})
    assert through.body == site.ask_model("/invocations", FORMS[form]).body


def test_predicts_from_csv_what_the_model_predicts(site):
    through = predict(site, CSV, content_type="text/csv")
    assert (through.status, through.json) == (200, {"predictions": [0, 2, 1]})
    assert through.body == site.ask_model("/invocations", CSV, content_type="text/csv").body


@pytest.mark.parametrize("form", FORMS)
def test_charges_three_rows_of_four_in_each_form(site, form):
    answer = predict(site, FORMS[form], cache_control="no-cache")
    assert (answer.cost, answer.headers["x-mlgateway-cost-unit"]) == ("3.12", "credits")


def test_charges_csv_without_its_header_line(site):
    assert predict(site, CSV, content_type="text/csv", cache_control="no-cache").cost == "3.12"


def test_answers_an_equal_request_from_memory_for_nothing(site):
    first, again = (predict(site, {"inputs": [[5.5, 2.4, 3.8, 1.1]]}) for _ in range(2))
    assert (first.from_cache, first.cost) == (False, "1.04")
    assert (again.from_cache, again.cost) == (True, "0")
    assert again.body == first.body == site.ask_model("/invocations", {"inputs": [[5.5, 2.4, 3.8, 1.1]]}).body
    assert again.headers["content-type"] == first.headers["content-type"]
    assert int(again.headers["age"]) >= 0


def test_takes_white_space_for_the_same_request_and_another_number_for_another(site):
    predict(site, b'{"inputs": [[5.6, 2.4, 3.8, 1.1]]}', content_type="application/json")
    assert predict(site, b'{"inputs":[[5.6,2.4,3.8,1.1]]}', content_type="application/json").from_cache
    assert not predict(site, b'{"inputs":[[5.60,2.4,3.8,1.1]]}', content_type="application/json").from_cache


@pytest.mark.parametrize("path", ["/ping", "/health", "/version"])
def test_tells_health_and_version_to_a_caller_for_nothing(site, path):
    through = site.ask(path, key=GINA)
    assert (through.status, through.body) == (200, site.ask_model(path).body)
    assert "x-mlgateway-cost" not in through.headers
    assert site.ask(path).status == 401


def test_hides_every_other_path_of_the_server(site):
    assert site.ask_model("/docs").status == 200
    assert site.ask("/docs", key=GINA).status == 404


def test_hands_on_the_models_own_refusal(site):
    short = {"inputs": [[1.0]]}
    through = predict(site, short)
    assert (through.status, through.json) == (400, site.ask_model("/invocations", short).json)


def test_refuses_two_forms_at_once_without_asking_the_model(site):
    answer = predict(site, {"inputs": FLOWERS, "instances": FLOWERS})
    assert (answer.status, answer.json["error_code"], answer.json["reason"]) == (400, "BAD_REQUEST", "BodyInvalid")
    assert "instances" in answer.json["message"]
    assert "x-mlgateway-cost" not in answer.headers


def test_names_the_row_that_has_too_few_cells(site):
    rows = [FLOWERS[0], FLOWERS[1][:3]]
    answer = predict(site, {"dataframe_split": {"columns": COLUMNS, "data": rows}})
    assert answer.status == 400
    assert "/dataframe_split/data/1" in answer.json["message"]


def spend(site, key):
    """Three answers, the last of them a refusal: 3 credits hold two flowers, of 1.04 each."""
    return [predict(site, flowers(5 + n / 10), key) for n in range(3)]


def test_spends_a_budget_to_the_last_row_that_fits(site):
    answers = spend(site, FRED)
    assert [a.status for a in answers] == [200, 200, 429]
    assert [a.headers["ratelimit"].split(";")[1] for a in answers] == ["r=1", "r=0", "r=0"]  # 1.96, 0.92
    refusal = answers[2]
    assert refusal.json["error_code"] == "RESOURCE_EXHAUSTED"
    assert refusal.json["reason"] == "BudgetSpent"
    assert "daily" in refusal.json["message"]
    assert 0 < int(refusal.headers["retry-after"]) <= 24 * 3600 * 61 / 60  # a day, and at most a sixtieth of it more


def test_mlflows_own_client_code_reads_every_refusal(site):
    predict(site, flowers(7.0), HANS)
    refusals = {
        "UNAUTHENTICATED": predict(site, flowers(7.1), None),
        "PERMISSION_DENIED": predict(site, flowers(7.1), NORA),
        "REQUEST_LIMIT_EXCEEDED": predict(site, flowers(7.1), HANS),
        "RESOURCE_EXHAUSTED": spend(site, FELIX)[-1],
        "BAD_REQUEST": predict(site, {"nothing": "known"}),
    }
    program = (
        "import json, sys\n"
        "from mlflow.exceptions import RestException\n"
        "errors = [RestException(body) for body in json.load(sys.stdin)]\n"
        "json.dump([[e.error_code, e.get_http_status_code()] for e in errors], sys.stdout)\n"
    )
    bodies = json.dumps([answer.json for answer in refusals.values()])
    run = subprocess.run([SERVERS / "python", "-c", program], input=bodies, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == [[code, answer.status] for code, answer in refusals.items()]
