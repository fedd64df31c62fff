#include "sidecar/gateway/shared_call.hpp"

#include "sidecar/cache/kept_answer.hpp"

namespace mlgateway::gateway {

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
    upstream::Collected collected = shared->call->take();
    outcome.answer = cache::kept_answer(collected.status, std::move(collected.fields), std::move(collected.body),
                                        shared->keeping, shared->route.route.protocol, loop.now());
    if (shared->keeping.store) keep.emplace(cache::Flight::Keep{*shared->route.setup.store, shared->tag, loop.now()});
  }
  shared->flight->land(std::move(outcome), keep);
}

}  // namespace mlgateway::gateway
