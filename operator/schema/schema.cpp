#include "operator/schema/schema.hpp"

#include <array>
#include <functional>
#include <string_view>

namespace mlgateway::schema {
namespace {

Error wrong(const std::string& path, const std::string& words) {
  return Error(Reason::InvalidConfig, "schema of " + (path.empty() ? std::string("the object") : path) + ": " + words);
}

std::optional<Type> type_of(const Json& openapi) {
  static const std::map<std::string, Type> kTypes = {{"object", Type::Object},
                                                     {"array", Type::Array},
                                                     {"string", Type::String},
                                                     {"integer", Type::Integer},
                                                     {"boolean", Type::Boolean}};
  if (openapi.value("x-kubernetes-int-or-string", false)) return Type::IntOrString;
  const auto found = kTypes.find(openapi.value("type", ""));
  if (found == kTypes.end()) return std::nullopt;
  return found->second;
}

ListType list_type_of(const std::string& name) {
  if (name == "set") return ListType::Set;
  if (name == "map") return ListType::Map;
  return ListType::Atomic;
}

Status take_children(Schema& schema, const Json& openapi, const std::string& path) {
  const Json properties = openapi.value("properties", Json::object());
  for (const auto& [name, property] : properties.items()) {
    auto compiled = compile(property, path.empty() ? name : path + "." + name);
    if (!compiled) return compiled.error();
    schema.properties.emplace(name, std::move(*compiled));
  }
  if (const auto found = openapi.find("items"); found != openapi.end()) {
    auto compiled = compile(*found, path + "[]");
    if (!compiled) return compiled.error();
    schema.items = std::make_shared<const Schema>(std::move(*compiled));
  }
  if (const auto found = openapi.find("additionalProperties"); found != openapi.end()) {
    auto compiled = compile(*found, path + "[]");
    if (!compiled) return compiled.error();
    schema.additional = std::make_shared<const Schema>(std::move(*compiled));
  }
  return Done{};
}

using Take = Status (*)(Schema&, const Json& value);

Status take_pattern(Schema& schema, const Json& value) {
  auto pattern = Pattern::compile(value.get<std::string>());
  if (!pattern) return pattern.error();
  schema.pattern = *pattern;
  return Done{};
}

Status take_rules(Schema& schema, const Json& value) {
  for (const Json& rule : value) schema.rules.push_back({rule.at("rule"), rule.at("message")});
  return Done{};
}

Status nothing(Schema&, const Json&) { return Done{}; }

// Every keyword that crds/ may use. Those without a function are read by `compile` itself, or (format) repeat what
// another keyword says.
const std::map<std::string, Take, std::less<>>& keywords() {
  static const std::map<std::string, Take, std::less<>> kKeywords = {
      {"type", nothing},
      {"properties", nothing},
      {"items", nothing},
      {"additionalProperties", nothing},
      {"x-kubernetes-int-or-string", nothing},
      {"x-kubernetes-map-type", nothing},
      {"format", nothing},
      {"pattern", take_pattern},
      {"x-kubernetes-validations", take_rules},
      {"description", [](Schema& s, const Json& v) -> Status { return s.description = v, Done{}; }},
      {"default", [](Schema& s, const Json& v) -> Status { return s.default_value = v, Done{}; }},
      {"required", [](Schema& s, const Json& v) -> Status { return v.get_to(s.required), Done{}; }},
      {"enum", [](Schema& s, const Json& v) -> Status { return v.get_to(s.choices), Done{}; }},
      {"x-kubernetes-list-map-keys", [](Schema& s, const Json& v) -> Status { return v.get_to(s.map_keys), Done{}; }},
      {"x-kubernetes-list-type",
       [](Schema& s, const Json& v) -> Status { return s.list_type = list_type_of(v), Done{}; }},
      {"minimum", [](Schema& s, const Json& v) -> Status { return s.range.least = v, Done{}; }},
      {"maximum", [](Schema& s, const Json& v) -> Status { return s.range.most = v, Done{}; }},
      {"minLength", [](Schema& s, const Json& v) -> Status { return s.size.least = v, Done{}; }},
      {"maxLength", [](Schema& s, const Json& v) -> Status { return s.size.most = v, Done{}; }},
      {"minItems", [](Schema& s, const Json& v) -> Status { return s.size.least = v, Done{}; }},
      {"maxItems", [](Schema& s, const Json& v) -> Status { return s.size.most = v, Done{}; }},
      {"minProperties", [](Schema& s, const Json& v) -> Status { return s.size.least = v, Done{}; }},
      {"maxProperties", [](Schema& s, const Json& v) -> Status { return s.size.most = v, Done{}; }},
  };
  return kKeywords;
}

Result<Schema> compile_node(const Json& openapi, const std::string& path) {
  const auto type = type_of(openapi);
  if (!type) return wrong(path, "has no type that is known");
  Schema schema;
  schema.type = *type;
  for (const auto& [keyword, value] : openapi.items()) {
    const auto found = keywords().find(keyword);
    if (found == keywords().end()) return wrong(path, "keyword '" + keyword + "' is not enforced here");
    auto taken = found->second(schema, value);
    if (!taken) return wrong(path, taken.error().message);
  }
  auto children = take_children(schema, openapi, path);
  if (!children) return children.error();
  return schema;
}

}  // namespace

Result<Schema> compile(const Json& openapi, const std::string& path) {
  if (!openapi.is_object()) return wrong(path, "is not an object");
  try {
    return compile_node(openapi, path);
  } catch (const Json::exception&) {
    return wrong(path, "has a keyword whose value is of the wrong type");
  }
}

}  // namespace mlgateway::schema
