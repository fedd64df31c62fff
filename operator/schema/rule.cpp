#include "operator/schema/rule.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

namespace mlgateway::schema {
namespace {

using Json = nlohmann::json;

// Asks one rule of each value that its place leads to.
class Walk {
 public:
  Walk(const Rule& rule, const Faults& before, Faults& found) : rule_(rule), before_(before), found_(found) {}

  // `rest` is what of the rule's place lies below `value`, which stands at `path`.
  void from(const Json& value, std::string_view rest, const std::string& path) {
    if (rest.empty()) return ask(value, path);
    if (rest.starts_with("[]")) return into_items(value, rest.substr(2), path);
    if (rest.starts_with('.')) rest.remove_prefix(1);
    const auto end = std::min(rest.find_first_of(".["), rest.size());
    const std::string name(rest.substr(0, end));
    if (value.is_object() && value.contains(name)) from(value.at(name), rest.substr(end), child(path, name));
  }

 private:
  void into_items(const Json& value, std::string_view rest, const std::string& path) {
    if (!value.is_array()) return;
    for (std::size_t i = 0; i < value.size(); ++i) from(value[i], rest, item(path, i));
  }

  void ask(const Json& value, const std::string& path) {
    const auto touches = [&](const Fault& fault) { return within(fault.path, path); };
    if (std::any_of(before_.begin(), before_.end(), touches)) return;
    if (!rule_.holds(value)) found_.push_back({path, std::string(rule_.message)});
  }

  const Rule& rule_;
  const Faults& before_;
  Faults& found_;
};

}  // namespace

Faults check_rules(std::span<const Rule> rules, const Json& object, const Faults& faults) {
  Faults found;
  for (const Rule& rule : rules) Walk(rule, faults, found).from(object, rule.place, "");
  return found;
}

}  // namespace mlgateway::schema
