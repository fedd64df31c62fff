#include "operator/schema/check.hpp"

#include <algorithm>
#include <string_view>

namespace mlgateway::schema {
namespace {

std::string_view kind_of(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  if (value.is_string()) return "a string";
  if (value.is_boolean()) return "a boolean";
  if (value.is_number_integer()) return "a number";
  if (value.is_number()) return "a fraction";
  return "null";
}

std::string_view wanted(Type type) {
  switch (type) {
    case Type::Object: return "an object";
    case Type::Array: return "a list";
    case Type::String: return "a string";
    case Type::Integer: return "a whole number";
    case Type::Boolean: return "true or false";
    case Type::IntOrString: return "a whole number or a string";
  }
  return "";
}

bool has_type(Type type, const Json& value) {
  switch (type) {
    case Type::Object: return value.is_object();
    case Type::Array: return value.is_array();
    case Type::String: return value.is_string();
    case Type::Integer: return value.is_number_integer();
    case Type::Boolean: return value.is_boolean();
    case Type::IntOrString: return value.is_number_integer() || value.is_string();
  }
  return false;
}

// As the value stands in messages: short, and of a long text only the beginning.
std::string shown(const Json& value) {
  if (!value.is_string()) return value.dump();
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() <= 60) return "'" + text + "'";
  std::size_t cut = 60;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return "'" + text.substr(0, cut) + "...'";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; });
}

class Check {
 public:
  explicit Check(Faults& faults) : faults_(faults) {}

  void value(const Schema& schema, const Json& value, const std::string& path) {
    if (!has_type(schema.type, value)) {
      return fault(path, "must be " + std::string(wanted(schema.type)) + ", is " + std::string(kind_of(value)));
    }
    if (value.is_object()) return object(schema, value, path);
    if (value.is_array()) return array(schema, value, path);
    if (value.is_string()) return text(schema, value, path);
    if (value.is_number_integer()) return number(schema, value, path);
  }

 private:
  void fault(const std::string& path, std::string words) { faults_.push_back({path, std::move(words)}); }

  void sized(const Bounds& bounds, std::int64_t size, std::string_view unit, const std::string& path) {
    const auto tell = [&](std::string_view which, std::int64_t bound) {
      fault(path, "must have at " + std::string(which) + " " + std::to_string(bound) + " " + std::string(unit) +
                      ", has " + std::to_string(size));
    };
    if (bounds.least && size < *bounds.least) tell("least", *bounds.least);
    if (bounds.most && size > *bounds.most) tell("most", *bounds.most);
  }

  void object(const Schema& schema, const Json& value, const std::string& path) {
    sized(schema.size, static_cast<std::int64_t>(value.size()), "entries", path);
    for (const std::string& name : schema.required) {
      if (!value.contains(name)) fault(child(path, name), "is required");
    }
    for (const auto& [name, entry] : value.items()) field(schema, name, entry, path);
  }

  void field(const Schema& schema, const std::string& name, const Json& entry, const std::string& path) {
    if (schema.additional) return value(*schema.additional, entry, child(path, name));
    const auto property = schema.properties.find(name);
    if (property != schema.properties.end()) return value(property->second, entry, child(path, name));
    std::vector<std::string> known;
    for (const auto& [other, unused] : schema.properties) known.push_back(other);
    fault(child(path, name), "is not a known field; expected one of " + joined(known));
  }

  void array(const Schema& schema, const Json& value, const std::string& path) {
    sized(schema.size, static_cast<std::int64_t>(value.size()), "items", path);
    for (std::size_t i = 0; i < value.size(); ++i) this->value(*schema.items, value[i], item(path, i));
    // Comparing each with each is for lists of the permitted length only.
    const bool bounded = !schema.size.most || static_cast<std::int64_t>(value.size()) <= *schema.size.most;
    if (schema.list_type != ListType::Atomic && bounded) unique(schema, value, path);
  }

  // An item's identity: all of it in a set, its keys in a map.
  static Json identity(const Schema& schema, const Json& entry) {
    if (schema.list_type == ListType::Set || !entry.is_object()) return entry;
    Json keys = Json::object();
    for (const std::string& key : schema.map_keys) {
      if (entry.contains(key)) keys[key] = entry[key];
    }
    return keys;
  }

  void unique(const Schema& schema, const Json& value, const std::string& path) {
    std::vector<Json> seen;
    for (std::size_t i = 0; i < value.size(); ++i) {
      Json id = identity(schema, value[i]);
      const auto found = std::find(seen.begin(), seen.end(), id);
      if (found != seen.end()) {
        const auto first = static_cast<std::size_t>(found - seen.begin());
        const std::string what = schema.list_type == ListType::Set ? "" : "the " + joined(schema.map_keys) + " of ";
        fault(item(path, i), "must be unique, repeats " + what + item(path, first));
      }
      seen.push_back(std::move(id));
    }
  }

  void text(const Schema& schema, const Json& value, const std::string& path) {
    const auto& text = value.get_ref<const std::string&>();
    sized(schema.size, characters(text), "characters", path);
    const auto& choices = schema.choices;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
      fault(path, "must be one of " + joined(choices) + ", is " + shown(value));
    }
    if (schema.pattern && !schema.pattern->found_in(text)) {
      fault(path, "must match " + schema.pattern->text() + ", is " + shown(value));
    }
  }

  void number(const Schema& schema, const Json& value, const std::string& path) {
    // Only a literal above 2^63 is stored as unsigned; it is above every bound there is.
    const bool huge = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
    const std::int64_t number = huge ? INT64_MAX : value.get<std::int64_t>();
    if (schema.range.least && number < *schema.range.least) {
      fault(path, "must be at least " + std::to_string(*schema.range.least) + ", is " + value.dump());
    }
    if (schema.range.most && number > *schema.range.most) {
      fault(path, "must be at most " + std::to_string(*schema.range.most) + ", is " + value.dump());
    }
  }

  Faults& faults_;
};

}  // namespace

Faults check(const Schema& schema, const Json& value, const std::string& path) {
  Faults faults;
  Check(faults).value(schema, value, path);
  return faults;
}

}  // namespace mlgateway::schema
