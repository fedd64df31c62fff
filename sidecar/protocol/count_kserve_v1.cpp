// KServe's V1 protocol (TensorFlow Serving's row and column forms), and TorchServe, which borrows the row form.
#include <optional>

#include "sidecar/protocol/counters.hpp"

namespace mlgateway::protocol {
namespace {

bool count_instances(JsonWalk& walk, const JsonValue& value, Counts& counts) {
  if (!value.is_array()) return walk.fail(JsonPlace() / "instances", "must be an array");
  counts.rows = value.items();
  return true;
}

// The column form: one tensor, or named ones that belong together row by row.
bool count_columns(JsonWalk& walk, const JsonValue& value, Counts& counts) {
  const JsonPlace body;
  const JsonPlace place = body / "inputs";
  if (value.is_array()) {
    counts.rows = value.items();
    return true;
  }
  if (!value.is_object()) return walk.fail(place, "must be an array or an object of arrays");
  std::optional<std::uint64_t> rows;
  for (const auto& [name, column] : value.members()) {
    if (!column.is_array()) return walk.fail(place / name, "must be an array");
    if (rows && *rows != column.items()) return walk.fail(place / name, "has not as many rows as the others");
    rows = column.items();
  }
  if (!rows) return walk.fail(place, "must not be empty");
  counts.rows = *rows;
  return true;
}

}  // namespace

bool count_kserve_v1(JsonWalk& walk, const JsonValue& root, Counts& counts) {
  if (!root.is_object()) return walk.fail({}, "must be a JSON object with a member instances or inputs");
  int forms = 0;
  const bool counted = walk.each_member(root, {}, [&](std::string_view key, const JsonValue& value) {
    const bool by_row = key == "instances";
    if (!by_row && key != "inputs") return true;
    if (++forms == 2) return walk.fail({}, "has both instances and inputs");
    counts.elements = value.leaves();
    return by_row ? count_instances(walk, value, counts) : count_columns(walk, value, counts);
  });
  if (!counted) return false;
  return forms == 1 || walk.fail({}, "has neither instances nor inputs");
}

bool count_torchserve(JsonWalk& walk, const JsonValue& root, Counts& counts) {
  counts.rows = 1;
  counts.elements = root.leaves();
  if (!root.is_object()) {
    if (root.is_array()) counts.rows = root.items();
    return walk.visit(root, {});
  }
  return walk.each_member(root, {}, [&](std::string_view key, const JsonValue& value) {
    if (key != "instances") return true;
    counts.elements = value.leaves();
    return count_instances(walk, value, counts);
  });
}

}  // namespace mlgateway::protocol
