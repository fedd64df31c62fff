#include "sidecar/upstream/call.hpp"

#include <algorithm>
#include <array>

#include "sidecar/http/chunk.hpp"
#include "sidecar/http/relay_head.hpp"
#include "sidecar/upstream/exchange_on.hpp"
#include "sidecar/upstream/head_reader.hpp"

namespace mlgateway::upstream {

struct Call::State {
  net::Task<Result<End>> run(Report& report);
  net::Task<Status> connect(bool fresh);
  net::Task<Result<End>> ask();
  net::Task<Status> read_head();
  net::Task<Result<End>> collect(std::size_t most);
  net::Task<Status> read_more(std::span<char> space);
  Error failure(net::IoStatus status);

  net::Loop& loop;
  Pool& pool;
  Connector& connector;
  Errand errand;
  std::string method;
  Wanted wanted;

  std::unique_ptr<Connection> connection{};
  http::ResponseHead head{};  // its views are good until the body is read; head_text is what they showed
  std::string head_text{};
  http::BodyDecoder decoder{};
  Collected collected{};
  Instant sent{};         // when the request was out
  bool heard = false;     // a byte of an answer has come
  bool closed = false;    // the model ended the connection ...
  bool in_order = false;  // ... as one does that has said everything
  bool asking = false;    // the connection is ask()'s
  Cancellation cancellation{};
};

Call::Call(net::Loop& loop, Pool& pool, Connector& connector, Errand errand, std::string_view method, Wanted wanted)
    : state_(new State{loop, pool, connector, errand, std::string(method), std::move(wanted)}) {}

Call::~Call() = default;

net::Task<Result<Call::End>> Call::run(Report& report) { return state_->run(report); }

net::Task<Result<Call::End>> Call::State::run(Report& report) {
  for (bool fresh = false;; fresh = true) {
    const Status connected = co_await connect(fresh);
    if (!connected) co_return connected.error();
    const Instant began = std::chrono::steady_clock::now();
    report.reached_model = true;
    asking = true;
    const Result<End> end = co_await ask();
    asking = false;
    report.with_model += std::chrono::steady_clock::now() - began;
    report.status = collected.status;
    if (end.ok()) {
      const bool reusable = head.keep_alive && connection->buffer.empty() && !closed;
      if (*end == End::Collected && reusable) pool.give_back(std::move(connection));
      co_return end;
    }
    const bool closed_unanswered = connection->reused && closed && !heard;
    connection.reset();
    if (fresh || !closed_unanswered) co_return end;
    closed = in_order = false;
  }
}

net::Task<Status> Call::State::connect(bool fresh) {
  if (!fresh) connection = pool.take(errand.origin, false);
  if (!connection && !cancellation.requested()) {
    auto opened = co_await connector.connect(errand.origin, loop.now() + errand.deadlines.connect, cancellation);
    if (!opened) co_return opened.error();
    connection = std::move(*opened);
  }
  if (cancellation.requested()) co_return Error(Reason::ClientClosed, "call was cancelled before the model was asked");
  co_return Done{};
}

net::Task<Result<Call::End>> Call::State::ask() {
  std::array<iovec, 2> pieces{http::piece(errand.head), http::piece(errand.body.value_or(std::string_view{}))};
  const net::IoStatus written = co_await connection->socket.write_all(pieces, Instant::max());
  sent = loop.now();
  // A model that takes no more may have said why: its answer is read all the same.
  if (written == net::IoStatus::Cancelled) co_return failure(written);
  const Status answered = co_await read_head();
  if (!answered) co_return answered.error();

  collected.status = head.status;
  head_text.assign(connection->buffer.view().substr(0, head.size));
  decoder.begin(head.framing, head.content_length);
  const std::optional<std::size_t> most = wanted(head);
  if (most) http::append_relayed_fields(collected.fields, head, loop.date(), http::Limits::LeftOut);
  connection->buffer.consume(head.size);
  if (!most) co_return End::NotWanted;
  if (head.framing == http::Framing::Length && head.content_length > *most) co_return End::TooLarge;
  co_return co_await collect(*most);
}

net::Task<Status> Call::State::read_head() {
  HeadReader reader;
  while (true) {
    const auto next = reader.next(connection->buffer, method, head);
    if (!next) co_return next.error();
    if (*next == HeadReader::Next::Answer) co_return Done{};
    if (*next == HeadReader::Next::Interim) {
      connection->buffer.consume(head.size);
      continue;
    }
    const Status more = co_await read_more(connection->buffer.space());
    if (!more) co_return more;
  }
}

net::Task<Result<Call::End>> Call::State::collect(std::size_t most) {
  http::Buffer& buffer = connection->buffer;
  std::string& body = collected.body;
  if (head.framing == http::Framing::Length) body.reserve(static_cast<std::size_t>(head.content_length));
  while (true) {
    const Result<http::BodyDecoder::Piece> piece = decoder.decode(buffer.bytes());
    if (!piece) co_return Error(Reason::UpstreamMalformed, piece.error().message);
    body.append(piece->data);
    buffer.consume(piece->consumed);
    if (body.size() > most) co_return End::TooLarge;
    if (decoder.finished()) co_return End::Collected;
    buffer.clear();
    buffer.reserve(decoder.wanted() > http::Buffer::kSmall ? http::Buffer::kLarge : http::Buffer::kSmall);
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.free(), decoder.wanted()));
    const Status more = co_await read_more(buffer.space().first(size));
    // A reset is no end of a body, even where the end of the connection is one.
    if (!more && in_order && decoder.end_of_input()) co_return End::Collected;
    if (!more) co_return more.error();
  }
}

net::Task<Status> Call::State::read_more(std::span<char> space) {
  const auto& first_byte = errand.deadlines.first_byte;
  const Instant deadline = heard || !first_byte ? Instant::max() : sent + *first_byte;
  const net::ReadResult got = co_await connection->socket.read_some(space, deadline);
  if (got.status != net::IoStatus::Ok) co_return failure(got.status);
  heard = true;
  connection->buffer.commit(got.bytes);
  co_return Done{};
}

Error Call::State::failure(net::IoStatus status) {
  switch (status) {
    case net::IoStatus::Cancelled: return {Reason::ClientClosed, "nobody waits for the call any more"};
    case net::IoStatus::TimedOut: return {Reason::UpstreamFirstByteTimeout, "model did not begin to answer in time"};
    default:
      closed = true;
      in_order = status == net::IoStatus::Closed;
      return {Reason::UpstreamClosed,
              heard ? "model ended the connection within its answer" : "model ended the connection without an answer"};
  }
}

Collected Call::take() {
  std::string& body = state_->collected.body;
  // Grown piece by piece it may hold twice its size, for as long as it is kept.
  if (body.capacity() - body.size() > body.size() / 8) body.shrink_to_fit();
  return std::move(state_->collected);
}

net::Task<Status> Call::relay(http::Stream& caller, const Errand& errand, Report& report) {
  State& state = *state_;
  const Status parsed = http::parse_response_head(state.head_text, state.method, state.head);
  if (!parsed) co_return parsed;
  ExchangeOn exchange(state.loop, caller, *state.connection, errand);
  const Instant began = std::chrono::steady_clock::now();
  const Status outcome = co_await exchange.run_from(state.head, std::move(state.decoder), state.collected.body);
  report.with_model += std::chrono::steady_clock::now() - began;
  report.reached_model = true;
  report.status = exchange.status();
  if (outcome.ok() && exchange.connection_is_reusable()) state.pool.give_back(std::move(state.connection));
  co_return outcome;
}

void Call::cancel() {
  net::Socket* const asked = state_->asking ? &state_->connection->socket : nullptr;
  state_->cancellation.request();
  if (asked) asked->cancel();  // last: who is woken by it may end this call
}

}  // namespace mlgateway::upstream
