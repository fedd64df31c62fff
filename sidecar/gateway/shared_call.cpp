#include "sidecar/gateway/shared_call.hpp"

#include "sidecar/cache/id_place.hpp"

namespace mlgateway::gateway {
namespace {

cache::AnswerPtr answer_from(upstream::Collected collected, const SharedCall& shared, Instant now) {
  auto answer = std::make_shared<cache::Answer>();
  answer->status = collected.status;
  answer->fields = std::move(collected.fields);
  answer->body = std::move(collected.body);
  if (shared.route.route.protocol == config::Protocol::OpenInferenceV2) {
    answer->id = cache::id_place(*answer);
  }
  answer->made = now;
  answer->expires = now + shared.keeping.ttl;
  return answer;
}

}  // namespace

std::optional<std::size_t> worth_collecting(const http::ResponseHead& head, const config::Cache& cache,
                                            cache::Keeping& keeping) {
  keeping = cache::keeping_of(head, cache.ttl);
  if (!keeping.share) return std::nullopt;
  const std::size_t most = cache.max_bytes / cache::kLargestShare;
  if (head.framing == http::Framing::Length && head.content_length > most) return std::nullopt;
  return most;
}

net::Task<void> fly(net::Loop& loop, std::shared_ptr<SharedCall> shared) {
  const auto end = co_await shared->call->run(shared->report);
  cache::Outcome outcome;
  std::optional<cache::Flight::Keep> keep;
  if (!end) {
    outcome.error = end.error();
  } else if (*end == upstream::Call::End::Collected) {
    outcome.answer = answer_from(shared->call->take(), *shared, loop.now());
    if (shared->keeping.store) keep.emplace(cache::Flight::Keep{*shared->route.setup.store, shared->tag, loop.now()});
  }
  shared->flight->land(std::move(outcome), keep);
}

}  // namespace mlgateway::gateway
