// A structural schema, as CustomResourceDefinitions carry it (CONVENTIONS.md 1.8), ready to check objects with.
//
// Only the keywords that are enforced here are understood; compile refuses any other, so that nothing in crds/ can be
// a promise that local mode does not keep. Immutable once compiled: safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "operator/schema/pattern.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::schema {

using Json = nlohmann::json;

enum class Type : std::uint8_t { Object, Array, String, Integer, Boolean, IntOrString };
enum class ListType : std::uint8_t { Atomic, Set, Map };

// A CEL rule of the schema. Local mode does not evaluate it: its twin function does (rule.hpp).
struct CelRule {
  std::string rule;
  std::string message;
};

// Lower and upper bound, both included; absent: unbounded.
struct Bounds {
  std::optional<std::int64_t> least;
  std::optional<std::int64_t> most;
};

struct Schema {
  Type type = Type::Object;
  std::string description;
  std::optional<Json> default_value;
  std::vector<CelRule> rules;

  std::map<std::string, Schema> properties;  // of an object with known fields
  std::vector<std::string> required;
  std::shared_ptr<const Schema> additional;  // of a map: what each value must be
  std::shared_ptr<const Schema> items;       // of an array
  ListType list_type = ListType::Atomic;
  std::vector<std::string> map_keys;  // with ListType::Map

  Bounds size;                       // characters of a string, items of an array, entries of a map
  Bounds range;                      // of a number
  std::vector<std::string> choices;  // of a string; empty: any
  std::optional<Pattern> pattern;    // of a string
};

// `path` names the place in the schema for errors, e.g. "spec".
Result<Schema> compile(const Json& openapi, const std::string& path = "");

}  // namespace mlgateway::schema
