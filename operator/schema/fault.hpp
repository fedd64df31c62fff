// What is wrong with an object, and where: "spec.versions[1].weight" "must be at most 100, is 140".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mlgateway::schema {

struct Fault {
  std::string path;   // of the field, from the root of the object; empty: the object itself
  std::string words;  // what was expected, and what is there
};

using Faults = std::vector<Fault>;

// Field paths: child("spec", "auth") is "spec.auth"; a key that is no identifier stands in brackets, as in
// "metadata.labels[mlgateway.io/use]"; an item is "spec.versions[1]".
std::string child(std::string_view parent, std::string_view key);
std::string item(std::string_view parent, std::size_t index);

// The path one level up, "" at the root.
std::string_view parent(std::string_view path);

// Whether `path` is `root` or lies below it.
bool within(std::string_view path, std::string_view root);

}  // namespace mlgateway::schema
