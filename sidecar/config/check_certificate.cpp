#include "sidecar/config/check_route.hpp"
#include "sidecar/config/syntax.hpp"
#include "sidecar/tls/certificate.hpp"

namespace mlgateway::config {
namespace {

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxChain = 128u << 10;
constexpr std::size_t kMaxKey = 32u << 10;

}  // namespace

void check_certificate(const Route& route, const Place& where, FirstFault& fault) {
  if (!route.certificate) return;
  const Certificate& certificate = *route.certificate;
  const Place place = where / "certificate";
  fault.unless(is_visible(certificate.secret, kMaxName), place / "secret", "must be 1 to 253 visible characters");
  fault.unless(certificate.chain.size() <= kMaxChain, place / "chain", "must be at most 128 KiB");
  fault.unless(certificate.key.size() <= kMaxKey, place / "key", "must be at most 32 KiB");
  if (fault.found() || (certificate.chain.empty() && certificate.key.empty())) return;
  const auto read = tls::read_certificate(certificate.chain, certificate.key);
  if (!read) fault.add(place, read.error().message);
}

}  // namespace mlgateway::config
