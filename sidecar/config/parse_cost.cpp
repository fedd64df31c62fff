#include "sidecar/config/names.hpp"
#include "sidecar/config/parse_parts.hpp"

namespace mlgateway::config {
namespace {

CostTerm read_term(const JsonValue& value) {
  JsonObject object(value);
  CostTerm term;
  term.quantity = object.at("quantity").one_of(kQuantities);
  term.price = object.at("price").number<Millionths>();
  if (term.quantity == Quantity::Pointer) {
    term.pointer = object.at("pointer").text();
    term.max = object.at("max").number<Millionths>();
    if (const auto absent = object.find("absent")) term.absent = absent->number<Millionths>();
  }
  object.refuse_others();
  return term;
}

}  // namespace

Cost read_cost(const JsonValue& value) {
  JsonObject object(value);
  Cost cost;
  cost.unit = object.at("unit").text();
  cost.terms = object.at("terms").list(read_term);
  cost.cache_hit_factor = object.at("cacheHitFactor").number<Millionths>();
  object.refuse_others();
  return cost;
}

Cache read_cache(const JsonValue& value) {
  JsonObject object(value);
  Cache cache;
  cache.ttl = read_milliseconds(object.at("ttlMs"));
  cache.max_bytes = object.at("maxBytes").number<std::uint64_t>();
  cache.scope = object.at("scope").one_of(kCacheScopes);
  object.refuse_others();
  return cache;
}

}  // namespace mlgateway::config
