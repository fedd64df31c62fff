#include <set>
#include <utility>

#include "sidecar/config/check_route.hpp"
#include "sidecar/config/syntax.hpp"

namespace mlgateway::config {
namespace {

constexpr Millionths kMaxPrice = 1'000'000 * kOne;
constexpr std::size_t kMaxPointer = 1024;
constexpr std::int64_t kMinTtl = 1000;
constexpr std::int64_t kMaxTtl = 30LL * 24 * 3600 * 1000;
constexpr std::uint64_t kMinCache = 1ull << 20;
constexpr std::uint64_t kMaxCache = 64ull << 30;

// What is not written must not be there either, or it would be lost on the way to the sidecar.
void check_plain_term(const Route& route, const CostTerm& term, const Place& where, FirstFault& fault) {
  const bool has_tensors = route.protocol != Protocol::Generic;
  fault.unless(has_tensors || (term.quantity != Quantity::Rows && term.quantity != Quantity::Elements),
               where / "quantity", "the protocol Generic has neither rows nor elements");
  fault.unless(term.pointer.empty() && term.max == 0 && !term.absent, where,
               "pointer, max and absent are for quantity Pointer only");
}

void check_term(const Route& route, const CostTerm& term, const Place& where, FirstFault& fault) {
  fault.unless_between<Millionths>(0, kMaxPrice, where / "price", term.price);
  if (term.quantity != Quantity::Pointer) return check_plain_term(route, term, where, fault);
  fault.unless(is_json_pointer(term.pointer, kMaxPointer), where / "pointer",
               "must be a JSON Pointer of at most 1024 bytes that starts with '/'");
  fault.unless_between<Millionths>(1, kMostMillionths, where / "max", term.max);
  if (term.absent) fault.unless_between<Millionths>(0, term.max, where / "absent", *term.absent);
}

}  // namespace

void check_cost(const Route& route, const Place& where, FirstFault& fault) {
  const Place versions = where / "versions";
  for (std::size_t i = 0; i < route.versions.size(); ++i) {
    fault.unless_between<Millionths>(0, kMaxPrice, versions[i] / "costFactor", route.versions[i].cost_factor);
  }
  const Place cost = where / "cost";
  const Place terms = cost / "terms";
  fault.unless(is_dns_label(route.cost.unit, 20), cost / "unit", "must be a DNS-1035 label of at most 20 characters");
  fault.unless_between<Millionths>(0, kOne, cost / "cacheHitFactor", route.cost.cache_hit_factor);
  fault.unless_between<std::size_t>(1, 16, terms, route.cost.terms.size());
  std::set<std::pair<Quantity, std::string_view>> seen;
  for (std::size_t i = 0; i < route.cost.terms.size(); ++i) {
    const CostTerm& term = route.cost.terms[i];
    const Place place = terms[i];
    check_term(route, term, place, fault);
    fault.unless(seen.emplace(term.quantity, term.pointer).second, place, "another term has this quantity or pointer");
  }
}

void check_cache(const Route& route, const Place& where, FirstFault& fault) {
  if (!route.cache) return;
  const Place cache = where / "cache";
  fault.unless_between<std::int64_t>(kMinTtl, kMaxTtl, cache / "ttlMs", route.cache->ttl.count());
  fault.unless_between<std::uint64_t>(kMinCache, kMaxCache, cache / "maxBytes", route.cache->max_bytes);
}

}  // namespace mlgateway::config
