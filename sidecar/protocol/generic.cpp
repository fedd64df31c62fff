#include "sidecar/protocol/generic.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "sidecar/protocol/percent.hpp"

namespace mlgateway::protocol {
namespace {

std::string join(const std::vector<std::string>& methods) {
  std::string joined;
  for (const std::string& method : methods) {
    if (!joined.empty()) joined += ", ";
    joined += method;
  }
  return joined;
}

}  // namespace

void GenericPaths::add(std::uint32_t route, const config::GenericPath& path) {
  std::array<char, kMaxDeclaredPath> buffer;
  const auto decoded = percent_decode(path.path, buffer);
  if (!decoded) return;  // config's check() refuses it
  std::string text(*decoded);
  if (path.type == config::PathType::Exact) {
    exact_.emplace(std::move(text), Declared{route, join(path.methods)});
    return;
  }
  while (text.ends_with('/')) text.pop_back();
  const std::size_t length = text.size();
  if (!prefix_.emplace(std::move(text), Declared{route, join(path.methods)}).second) return;
  const auto place = std::lower_bound(lengths_.begin(), lengths_.end(), length, std::greater<>());
  if (place == lengths_.end() || *place != length) lengths_.insert(place, length);
}

const GenericPaths::Declared* GenericPaths::find(std::string_view path) const {
  if (const auto found = exact_.find(path); found != exact_.end()) return &found->second;
  for (const std::size_t length : lengths_) {
    const bool ends_an_element = length == path.size() || (length < path.size() && path[length] == '/');
    if (!ends_an_element) continue;
    if (const auto found = prefix_.find(path.substr(0, length)); found != prefix_.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace mlgateway::protocol
