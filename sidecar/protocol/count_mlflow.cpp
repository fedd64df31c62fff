// MLflow's scoring server: four forms of its own, and the bodies of language models as OpenAI has them.
#include <algorithm>
#include <optional>
#include <string>

#include "sidecar/protocol/counters.hpp"
#include "sidecar/protocol/llm_input.hpp"

namespace mlgateway::protocol {
namespace {

constexpr std::string_view kForms[] = {
    "dataframe_split", "dataframe_records", "instances", "inputs", "messages", "prompt", "input"};

// The one member that holds the data.
struct Form {
  std::string_view name;
  JsonValue value;
};

// Every row has a cell for each column, where columns are named.
bool check_cells(JsonWalk& walk, const JsonValue& data, const JsonValue& columns, const JsonPlace& place) {
  const std::uint64_t width = columns.items();
  std::size_t index = 0;
  for (const JsonValue row : data.elements()) {
    const JsonPlace here = place[index++];
    if (!row.is_array()) return walk.fail(here, "must be an array");
    if (row.items() == width) continue;
    return walk.fail(here, "has " + std::to_string(row.items()) + " cells for " + std::to_string(width) + " columns");
  }
  return true;
}

bool count_split(JsonWalk& walk, const Form& form, Counts& counts) {
  const JsonPlace body;
  const JsonPlace place = body / form.name;
  if (!form.value.is_object()) return walk.fail(place, "must be an object");
  std::optional<JsonValue> data, columns;
  for (const auto& [key, value] : form.value.members()) {
    if (key == "data") data = value;
    if (key == "columns") columns = value;
  }
  if (!data || !data->is_array()) return walk.fail(place / "data", "must be an array");
  counts = {data->items(), data->leaves()};
  if (!columns) return true;
  if (!columns->is_array()) return walk.fail(place / "columns", "must be an array");
  return check_cells(walk, *data, *columns, place / "data");
}

bool count_rows(JsonWalk& walk, const Form& form, Counts& counts) {
  if (!form.value.is_array()) return walk.fail(JsonPlace() / form.name, "must be an array");
  counts = {form.value.items(), form.value.leaves()};
  return true;
}

bool count_inputs(const Form& form, Counts& counts) {
  counts = {1, form.value.leaves()};
  if (form.value.is_array()) counts.rows = form.value.items();
  for (const auto& [name, tensor] : form.value.members()) counts.rows = std::max(counts.rows, tensor.items());
  return true;
}

// Texts as embeddings have them, or the items of an agent.
bool count_input(JsonWalk& walk, const LlmBody& body, Counts& counts) {
  const bool has_items = body.input && body.input->items() > 0 && (*body.input->elements().begin()).is_object();
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

bool count_mlflow(JsonWalk& walk, const JsonValue& root, Counts& counts) {
  if (!root.is_object()) return walk.fail({}, "must be a JSON object");
  std::optional<Form> form;
  LlmBody body;
  const auto take = [&](std::string_view key, const JsonValue& value) {
    body.take(key, value);
    if (std::find(std::begin(kForms), std::end(kForms), key) == std::end(kForms)) return true;
    if (form) return walk.fail({}, "has both " + std::string(form->name) + " and " + std::string(key));
    form = Form{key, value};
    return true;
  };
  if (!walk.each_member(root, {}, take)) return false;
  if (form) return count_form(walk, *form, body, counts);
  return walk.fail({}, "needs one of dataframe_split, dataframe_records, instances, inputs");
}

}  // namespace mlgateway::protocol
