#include "sidecar/auth/key_table.hpp"

#include <bit>
#include <cstring>

#include <openssl/crypto.h>

namespace mlgateway::auth {
namespace {

std::size_t start(const config::Digest& digest) {
  std::size_t first = 0;
  std::memcpy(&first, digest.data(), sizeof first);
  return first;
}

std::size_t count_keys(const std::vector<config::AuthMethod>& methods) {
  std::size_t keys = 0;
  for (const auto& method : methods) {
    for (const auto& set : method.key_sets) keys += set.keys.size();
  }
  return keys;
}

}  // namespace

KeyTable::KeyTable(const std::vector<config::AuthMethod>& methods)
    : slots_(std::bit_ceil(2 * count_keys(methods) + 1)) {
  for (std::size_t i = 0; i < methods.size(); ++i) {
    for (const auto& set : methods[i].key_sets) {
      for (const auto& key : set.keys) insert({&key, &set, i});
    }
  }
}

void KeyTable::insert(const Entry& entry) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = start(entry.key->digest) & mask;
  while (slots_[i].key != nullptr) i = (i + 1) & mask;
  slots_[i] = entry;
}

const KeyTable::Entry* KeyTable::find(const config::Digest& digest) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = start(digest) & mask; slots_[i].key != nullptr; i = (i + 1) & mask) {
    if (CRYPTO_memcmp(slots_[i].key->digest.data(), digest.data(), digest.size()) == 0) return &slots_[i];
  }
  return nullptr;
}

}  // namespace mlgateway::auth
