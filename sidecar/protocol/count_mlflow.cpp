// MLflow's scoring server: four forms of its own, and the bodies of language models as OpenAI has them.
#include <algorithm>
#include <optional>
#include <string>

#include "sidecar/protocol/counters.hpp"
#include "sidecar/protocol/llm_input.hpp"

namespace mlgateway::protocol {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kForms[] = {
    "dataframe_split", "dataframe_records", "instances", "inputs", "messages", "prompt", "input"};

// The one member that holds the data.
struct Form {
  std::string_view name;
  dom::element value;
  std::uint64_t leaves = 0;
};

// Every row has a cell for each column, where columns are named.
bool check_cells(JsonWalk& walk, const dom::array& data, const dom::array& columns, const JsonPlace& place) {
  const std::uint64_t width = length_of(columns);
  std::size_t index = 0;
  for (const dom::element row : data) {
    const JsonPlace here = place[index++];
    dom::array cells;
    if (row.get(cells)) return walk.fail(here, "must be an array");
    if (length_of(cells) == width) continue;
    return walk.fail(here,
                     "has " + std::to_string(length_of(cells)) + " cells for " + std::to_string(width) + " columns");
  }
  return true;
}

bool count_split(JsonWalk& walk, const Form& form, Counts& counts) {
  const JsonPlace body;
  const JsonPlace place = body / form.name;
  dom::object split;
  if (form.value.get(split)) return walk.fail(place, "must be an object");
  std::optional<dom::element> data, columns;
  counts.elements = form.leaves;
  for (const auto& [key, value] : split) {
    if (key == "data") {
      data = value;
      continue;
    }
    if (key == "columns") columns = value;
    std::uint64_t beside = 0;
    if (!walk.visit(value, place / key, beside)) return false;
    counts.elements -= beside;
  }
  dom::array rows, names;
  if (!data || data->get(rows)) return walk.fail(place / "data", "must be an array");
  counts.rows = length_of(rows);
  if (!columns) return true;
  if (columns->get(names)) return walk.fail(place / "columns", "must be an array");
  return check_cells(walk, rows, names, place / "data");
}

bool count_rows(JsonWalk& walk, const Form& form, Counts& counts) {
  dom::array rows;
  if (form.value.get(rows)) return walk.fail(JsonPlace() / form.name, "must be an array");
  counts = {length_of(rows), form.leaves};
  return true;
}

bool count_inputs(const Form& form, Counts& counts) {
  counts = {1, form.leaves};
  if (dom::array rows; !form.value.get(rows)) counts.rows = length_of(rows);
  dom::object tensors;
  if (form.value.get(tensors)) return true;
  for (const auto& [name, tensor] : tensors) {
    if (dom::array rows; !tensor.get(rows)) counts.rows = std::max(counts.rows, length_of(rows));
  }
  return true;
}

// Texts as embeddings have them, or the items of an agent.
bool count_input(JsonWalk& walk, const LlmBody& body, Counts& counts) {
  dom::array items;
  const bool has_items =
      body.input && !body.input->get(items) && items.begin() != items.end() && (*items.begin()).is_object();
  return has_items ? count_items(walk, *body.input, JsonPlace() / "input", counts)
                   : count_embeddings(walk, body, counts);
}

bool count_form(JsonWalk& walk, const Form& form, const LlmBody& body, Counts& counts) {
  if (form.name == "dataframe_split") return count_split(walk, form, counts);
  if (form.name == "inputs") return count_inputs(form, counts);
  if (form.name == "messages") return count_chat(walk, body, counts);
  if (form.name == "prompt") return count_completions(walk, body, counts);
  if (form.name == "input") return count_input(walk, body, counts);
  return count_rows(walk, form, counts);
}

}  // namespace

bool count_mlflow(JsonWalk& walk, const dom::element& root, Counts& counts) {
  dom::object members;
  if (root.get(members)) return walk.fail({}, "must be a JSON object");
  std::optional<Form> form;
  LlmBody body;
  const auto take = [&](std::string_view key, const dom::element& value, std::uint64_t leaves) {
    body.take(key, value);
    if (std::find(std::begin(kForms), std::end(kForms), key) == std::end(kForms)) return true;
    if (form) return walk.fail({}, "has both " + std::string(form->name) + " and " + std::string(key));
    form = Form{key, value, leaves};
    return true;
  };
  if (!walk.each_member(members, {}, take)) return false;
  if (form) return count_form(walk, *form, body, counts);
  return walk.fail({}, "needs one of dataframe_split, dataframe_records, instances, inputs");
}

}  // namespace mlgateway::protocol
