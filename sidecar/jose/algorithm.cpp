#include "sidecar/jose/algorithm.hpp"

namespace mlgateway::jose {
namespace {

struct Row {
  std::string_view name;
  KeyType key;
};

// In the order of the enumeration.
constexpr std::array<Row, kAlgorithmCount> kTable = {{
    {"RS256", KeyType::Rsa},
    {"RS384", KeyType::Rsa},
    {"RS512", KeyType::Rsa},
    {"PS256", KeyType::Rsa},
    {"PS384", KeyType::Rsa},
    {"PS512", KeyType::Rsa},
    {"ES256", KeyType::P256},
    {"ES384", KeyType::P384},
    {"ES512", KeyType::P521},
    {"EdDSA", KeyType::Ed25519},
}};

const Row& row_of(Algorithm algorithm) { return kTable[static_cast<std::size_t>(algorithm)]; }

}  // namespace

std::optional<Algorithm> algorithm_named(std::string_view name) {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (kTable[i].name == name) return static_cast<Algorithm>(i);
  }
  return std::nullopt;
}

std::string_view name(Algorithm algorithm) { return row_of(algorithm).name; }

KeyType key_type_of(Algorithm algorithm) { return row_of(algorithm).key; }

}  // namespace mlgateway::jose
