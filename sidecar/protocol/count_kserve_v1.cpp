// KServe's V1 protocol (TensorFlow Serving's row and column forms), and TorchServe, which borrows the row form.
#include <optional>

#include "sidecar/protocol/counters.hpp"

namespace mlgateway::protocol {
namespace {

namespace dom = simdjson::dom;

bool count_instances(JsonWalk& walk, const dom::element& value, Counts& counts) {
  dom::array instances;
  if (value.get(instances)) return walk.fail(JsonPlace() / "instances", "must be an array");
  counts.rows = length_of(instances);
  return true;
}

// The column form: one tensor, or named ones that belong together row by row.
bool count_columns(JsonWalk& walk, const dom::element& value, Counts& counts) {
  const JsonPlace body;
  const JsonPlace place = body / "inputs";
  if (dom::array tensor; !value.get(tensor)) {
    counts.rows = length_of(tensor);
    return true;
  }
  dom::object columns;
  if (value.get(columns)) return walk.fail(place, "must be an array or an object of arrays");
  std::optional<std::uint64_t> rows;
  for (const auto& [name, column] : columns) {
    dom::array values;
    if (column.get(values)) return walk.fail(place / name, "must be an array");
    if (rows && *rows != length_of(values)) return walk.fail(place / name, "has not as many rows as the others");
    rows = length_of(values);
  }
  if (!rows) return walk.fail(place, "must not be empty");
  counts.rows = *rows;
  return true;
}

}  // namespace

bool count_kserve_v1(JsonWalk& walk, const dom::element& root, Counts& counts) {
  dom::object body;
  if (root.get(body)) return walk.fail({}, "must be a JSON object with a member instances or inputs");
  int forms = 0;
  const bool counted = walk.each_member(body, {}, [&](std::string_view key, const dom::element& value, auto leaves) {
    const bool by_row = key == "instances";
    if (!by_row && key != "inputs") return true;
    if (++forms == 2) return walk.fail({}, "has both instances and inputs");
    counts.elements = leaves;
    return by_row ? count_instances(walk, value, counts) : count_columns(walk, value, counts);
  });
  if (!counted) return false;
  return forms == 1 || walk.fail({}, "has neither instances nor inputs");
}

bool count_torchserve(JsonWalk& walk, const dom::element& root, Counts& counts) {
  counts.rows = 1;
  dom::object body;
  if (root.get(body)) {
    if (dom::array rows; !root.get(rows)) counts.rows = length_of(rows);
    return walk.visit(root, {}, counts.elements);
  }
  std::optional<std::uint64_t> by_row;
  const bool counted = walk.each_member(body, {}, [&](std::string_view key, const dom::element& value, auto leaves) {
    counts.elements += leaves;
    if (key != "instances") return true;
    by_row = leaves;
    return count_instances(walk, value, counts);
  });
  if (by_row) counts.elements = *by_row;
  return counted;
}

}  // namespace mlgateway::protocol
