#include "sidecar/config/names.hpp"
#include "sidecar/config/render_parts.hpp"

namespace mlgateway::config {
namespace {

Json write_term(const CostTerm& term) {
  Json written = {{"quantity", name_of(kQuantities, term.quantity)}, {"price", term.price}};
  if (term.quantity != Quantity::Pointer) return written;
  written["pointer"] = term.pointer;
  written["max"] = term.max;
  if (term.absent) written["absent"] = *term.absent;
  return written;
}

}  // namespace

Json write_cost(const Cost& cost) {
  return {{"unit", cost.unit}, {"terms", list(cost.terms, write_term)}, {"cacheHitFactor", cost.cache_hit_factor}};
}

Json write_cache(const Cache& cache) {
  return {{"ttlMs", cache.ttl.count()}, {"maxBytes", cache.max_bytes}, {"scope", name_of(kCacheScopes, cache.scope)}};
}

}  // namespace mlgateway::config
