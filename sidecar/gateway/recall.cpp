// Step 7: whether the answer is there already. A look-up only; nothing waits and nothing is charged here.
#include "sidecar/gateway/gateway.hpp"

namespace mlgateway::gateway {
namespace {

using observe::CacheState;

cache::BodyForm body_form(const Exchange& exchange) {
  if (exchange.config().protocol == config::Protocol::OpenInferenceV2) return cache::BodyForm::JsonV2;
  return exchange.counted.json ? cache::BodyForm::Json : cache::BodyForm::Bytes;
}

// Answers to these are of no use to anybody else, or are not the whole answer.
bool can_be_kept(const Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  const bool whole = head.method == "POST" || head.method == "GET";
  return whole && !head.fields.find("range");
}

cache::Key key_of(const Exchange& exchange) {
  const RouteSetup& setup = exchange.route->setup;
  return cache::key_of({.tag = setup.cache_tags[exchange.route->index_of(*exchange.version)],
                        .scope = exchange.config().cache->scope,
                        .principal = exchange.principal,
                        .head = exchange.head(),
                        .body = *exchange.body,
                        .form = body_form(exchange)});
}

bool young_enough(const cache::Answer& answer, const cache::Wishes& wishes, Instant now) {
  return !wishes.max_age || now - answer.made <= *wishes.max_age;
}

}  // namespace

Status Gateway::recall(Exchange& exchange) {
  if (!exchange.predicts() || !exchange.route->setup.store) return Done{};
  Recall& recall = exchange.recall;
  recall.wishes = cache::wishes_of(exchange.head().fields);
  recall.state = CacheState::Bypass;
  if (!can_be_kept(exchange) || recall.wishes.no_store) return Done{};
  recall.state = CacheState::Miss;
  recall.key = key_of(exchange);
  const Instant now = exchange.loop().now();
  if (!recall.wishes.no_cache) recall.kept = exchange.route->setup.store->find(*recall.key, now);
  if (recall.kept && !young_enough(*recall.kept, recall.wishes, now)) recall.kept = nullptr;
  if (recall.kept) recall.state = CacheState::Hit;
  if (!recall.kept && recall.wishes.only_if_cached) {
    return Error(Reason::NotCached, "only-if-cached, and no answer is kept");
  }
  return Done{};
}

}  // namespace mlgateway::gateway
