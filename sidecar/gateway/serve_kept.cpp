// An answer that lies in memory, written from where it lies.
#include "sidecar/cache/id_place.hpp"
#include "sidecar/gateway/answer.hpp"
#include "sidecar/gateway/gateway.hpp"
#include "sidecar/http/relay_head.hpp"

namespace mlgateway::gateway {
namespace {

using observe::CacheState;

// V2 answers carry the id of who asks. The model has echoed it to who caused the call, or made one up for him.
cache::Pieces pieces_of(const Exchange& exchange, const cache::Answer& answer) {
  const bool own = exchange.recall.state == CacheState::Miss;
  if (own || !answer.id) return {answer.body, {}, {}};
  return cache::pieces_for(answer, cache::request_id_of(*exchange.body));
}

}  // namespace

// By value: the store may drop the answer while it is being written.
net::Task<Status> Gateway::serve_kept(Exchange& exchange, cache::AnswerPtr answer) {
  http::Stream& stream = exchange.stream;
  const cache::Pieces pieces = pieces_of(exchange, *answer);
  const std::size_t size = cache::size_of(pieces);
  exchange.status = answer->status;
  std::string shifted;
  const std::string_view kept_fields = cache::fields_for(*answer, size, shifted);
  const AnswerFields fields = answer_fields(exchange);
  std::string head;
  head.reserve(kept_fields.size() + fields.text.size() + 192);
  http::append_kept_head(head, {.status = answer->status,
                                .kept_fields = kept_fields,
                                .content_length = size,
                                .fields = fields.of(answer->status),
                                .date = exchange.loop().date(),
                                .keep_alive = stream.decide_keep_alive(),
                                .caller_minor_version = exchange.head().minor_version});
  stream.begin_answer(std::move(head), http::Framing::Length);
  const Status written = co_await stream.write_whole_answer(pieces);
  if (!written) stream.abort();
  co_return written;
}

}  // namespace mlgateway::gateway
