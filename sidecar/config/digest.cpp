#include "sidecar/config/digest.hpp"

#include <exception>
#include <new>

#include <openssl/sha.h>

namespace mlgateway::config {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

// OpenSSL 3 would rather have EVP, which costs twice the time for a key and loads a provider of two megabytes into
// every sidecar, to reach this same code.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
Sha256::Sha256() {
  static_assert(sizeof(SHA256_CTX) <= sizeof(Context) && alignof(SHA256_CTX) <= alignof(Context));
  if (SHA256_Init(new (&context_) SHA256_CTX) != 1) std::terminate();
}

void Sha256::update(std::string_view bytes) {
  if (SHA256_Update(reinterpret_cast<SHA256_CTX*>(&context_), bytes.data(), bytes.size()) != 1) std::terminate();
}

Digest Sha256::finish() {
  Digest digest{};
  if (SHA256_Final(digest.data(), reinterpret_cast<SHA256_CTX*>(&context_)) != 1) std::terminate();
  return digest;
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}
#pragma GCC diagnostic pop

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<Digest> digest_from_hex(std::string_view text) {
  Digest digest{};
  if (text.size() != digest.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

}  // namespace mlgateway::config
