#include "operator/schema/fault.hpp"

#include <algorithm>

namespace mlgateway::schema {
namespace {

bool is_identifier(std::string_view key) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !key.empty() && std::all_of(key.begin(), key.end(), plain);
}

}  // namespace

std::string child(std::string_view parent, std::string_view key) {
  std::string path(parent);
  if (!is_identifier(key)) return path.append("[").append(key).append("]");
  if (!path.empty()) path += '.';
  return path.append(key);
}

std::string item(std::string_view parent, std::size_t index) {
  return std::string(parent) + "[" + std::to_string(index) + "]";
}

std::string_view parent(std::string_view path) {
  if (path.empty()) return path;
  const auto cut = path.back() == ']' ? path.rfind('[') : path.rfind('.');
  return cut == std::string_view::npos ? std::string_view() : path.substr(0, cut);
}

bool within(std::string_view path, std::string_view root) {
  if (!path.starts_with(root)) return false;
  return root.empty() || path.size() == root.size() || path[root.size()] == '.' || path[root.size()] == '[';
}

}  // namespace mlgateway::schema
