// The declared paths of the Generic routes of one host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::protocol {

// Longer paths cannot be declared, so no more of a request's path has to be looked at.
inline constexpr std::size_t kMaxDeclaredPath = 1024;

class GenericPaths {
 public:
  struct Declared {
    std::uint32_t route = 0;
    std::string methods;  // as the Allow field tells them
  };

  // A path that is declared already stays with whom it has: the operator reports such conflicts.
  void add(std::uint32_t route, const config::GenericPath& path);

  // `path` is decoded. The exact path, else the longest prefix of whole elements ("/a" holds "/a" and "/a/b", not
  // "/ab"); null when there is none. Costs one look-up for each different length of prefix, however long the path.
  const Declared* find(std::string_view path) const;

  bool empty() const { return exact_.empty() && prefix_.empty(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Table = std::unordered_map<std::string, Declared, Hash, std::equal_to<>>;

  Table exact_;
  Table prefix_;                      // without a slash at the end: "/" is ""
  std::vector<std::size_t> lengths_;  // of the prefixes, each once, longest first
};

}  // namespace mlgateway::protocol
