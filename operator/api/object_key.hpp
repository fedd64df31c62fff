// What an object is called: namespace and name.
#pragma once

#include <compare>
#include <string>

namespace mlgateway::api {

struct ObjectKey {
  std::string namespace_name;
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;
};

inline std::string to_string(const ObjectKey& key) { return key.namespace_name + "/" + key.name; }

}  // namespace mlgateway::api
