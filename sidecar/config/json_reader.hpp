// Typed reading of a JSON tree: what is missing, unknown or of another type becomes a fault with its path.
//
// After a fault the readers give default values and go on; whoever began looks at the FirstFault at the end.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "sidecar/config/place.hpp"

namespace mlgateway::config {

template <class Enum, std::size_t N>
using Names = std::array<std::pair<std::string_view, Enum>, N>;

// One value of the tree.
class JsonValue {
 public:
  JsonValue(const nlohmann::json& json, const Place& place, FirstFault& fault)
      : json_(&json), place_(place), fault_(&fault) {}

  void fail(std::string_view words) const { fault_->add(place_, words); }
  std::string text() const;
  bool flag() const;
  std::int64_t integer(std::int64_t least, std::int64_t most) const;
  template <class Number>
  Number number() const {  // of the whole range of the type, as far as 64 signed bits hold it
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<Number>::max());
    constexpr auto kReadable = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const auto least = static_cast<std::int64_t>(std::numeric_limits<Number>::min());
    return static_cast<Number>(integer(least, static_cast<std::int64_t>(kMost < kReadable ? kMost : kReadable)));
  }
  template <class Enum, std::size_t N>
  Enum one_of(const Names<Enum, N>& names) const {
    const std::string is = text();
    for (const auto& [name, value] : names) {
      if (name == is) return value;
    }
    std::string words = "must be one of";
    for (const auto& [name, value] : names) words += (words.back() == 'f' ? " " : ", ") + std::string(name);
    fail(words + ", is \"" + is + "\"");
    return names[0].second;
  }
  template <class Read>
  auto list(Read read) const {
    std::vector<decltype(read(*this))> items;
    if (!is_array()) return items;
    items.reserve(json_->size());
    for (std::size_t i = 0; i < json_->size(); ++i) items.push_back(read(JsonValue((*json_)[i], place_[i], *fault_)));
    return items;
  }
  std::map<std::string, std::string> texts_by_name() const;

 private:
  friend class JsonObject;
  bool is_array() const;
  bool is_object() const;

  const nlohmann::json* json_;
  Place place_;
  FirstFault* fault_;
};

// A value that must be an object of known fields. It keeps a reference to the value.
class JsonObject {
 public:
  explicit JsonObject(const JsonValue& value) : value_(value), is_object_(value.is_object()) {}

  JsonValue at(std::string_view field);                   // a fault when it is missing
  std::optional<JsonValue> find(std::string_view field);  // may be missing
  void refuse_others() const;                             // a fault for any field not asked for until now

 private:
  const nlohmann::json* look(std::string_view field);

  const JsonValue& value_;
  bool is_object_;
  std::vector<std::string_view> known_;
};

}  // namespace mlgateway::config
