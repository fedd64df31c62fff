#include "sidecar/jwks/source.hpp"

#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "sidecar/base/log.hpp"
#include "sidecar/jose/discovery.hpp"
#include "sidecar/jwks/fetch.hpp"

namespace mlgateway::jwks {
namespace {

namespace asio = boost::asio;

Instant now() { return std::chrono::steady_clock::now(); }

}  // namespace

Source::Source(asio::io_context& io, auth::KeyOrigin origin, std::shared_ptr<auth::KeyRing> ring,
               std::function<void()> on_tried)
    : io_(io),
      origin_(std::move(origin)),
      ring_(std::move(ring)),
      on_tried_(std::move(on_tried)),
      timer_(io),
      expiry_(io) {
  numbers_.issuer = origin_.issuer;
  numbers_.url = origin_.remote.url.substr(0, origin_.remote.url.find('?'));  // a query may hold what is secret
}

void Source::begin() {
  listen();
  asio::co_spawn(io_, [self = shared_from_this()] { return self->run(); }, asio::detached);
}

// A worker tells that a token named an unknown key; the timer is this thread's.
void Source::listen() {
  ring_->on_miss([weak = weak_from_this(), &io = io_] {
    asio::post(io, [weak] {
      const auto self = weak.lock();
      if (!self) return;
      self->missed_ = true;
      self->timer_.cancel();
    });
  });
}

void Source::end() {
  ring_->on_miss(nullptr);
  ended_ = true;
  timer_.cancel();
  expiry_.cancel();
}

// A timer of its own, because an attempt may be hanging when they end.
void Source::limit_age() {
  const auto end = end_of_keys(refresh_, origin_.remote);
  if (!end) return;
  expiry_.expires_at(*end);
  expiry_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = weak.lock();
    if (self && !cancelled) self->drop_old();
  });
}

void Source::drop_old() {
  const auto end = end_of_keys(refresh_, origin_.remote);
  if (!end || now() < *end) return;  // renewed while this was on its way
  ring_->clear();
  text_.clear();
  log::error("keys are too old to be used", {{"issuer", origin_.issuer}, {"url", numbers_.url}});
  const std::lock_guard lock(mutex_);
  numbers_.keys = 0;
}

asio::awaitable<void> Source::run() {
  while (!ended_) {
    const Instant next = due(refresh_, origin_.remote, missed_);
    if (now() >= next) {
      auto refreshing = refresh();
      co_await std::move(refreshing);
      continue;
    }
    boost::system::error_code cancelled;
    auto token = asio::redirect_error(asio::use_awaitable, cancelled);
    timer_.expires_at(next);
    co_await timer_.async_wait(token);
  }
}

asio::awaitable<void> Source::refresh() {
  missed_ = false;
  ring_->take_miss();
  Status taken = Error(Reason::KeysUnavailable, "the attempt has failed");
  try {
    auto fetching = fetch_keys();
    const auto text = co_await std::move(fetching);
    taken = text ? take(*text) : Status(text.error());
  } catch (const std::exception&) {  // a library out of memory; the next attempt may fare better
  }
  taken ? refresh_.succeed(now()) : refresh_.fail(now());
  if (taken) limit_age();
  {
    const std::lock_guard lock(mutex_);
    ++(taken ? numbers_.fetched : numbers_.failed);
    numbers_.last_fetched = refresh_.fetched;
    numbers_.error = taken ? "" : taken.error().message;
  }
  if (!taken) {
    log::error("keys cannot be fetched", {{"issuer", origin_.issuer},
                                          {"url", numbers_.url},
                                          {"error", taken.error().message},
                                          {"failures", refresh_.failures}});
  }
  if (!tried_.exchange(true)) on_tried_();
}

asio::awaitable<Result<std::string>> Source::fetch_keys() {
  const config::RemoteKeys& remote = origin_.remote;
  const auto url = jose::parse_url(remote.url);
  if (!url) co_return Error(Reason::KeysUnavailable, "the URL is none");
  auto first = fetch(*url, remote.ca, remote.timeout);
  auto text = co_await std::move(first);
  if (!text || !remote.discovery) co_return text;
  const auto address = jose::jwks_uri(*text, origin_.issuer);
  if (!address) co_return address.error();
  const auto keys_url = jose::parse_url(*address);
  auto second = fetch(*keys_url, remote.ca, remote.timeout);
  co_return co_await std::move(second);
}

// Keys that are the same stay the same object, so that no token is verified anew for nothing.
Status Source::take(const std::string& text) {
  if (ring_->number() != 0 && text == text_) return Done{};
  auto set = jose::read_key_set(text);
  if (!set) return set.error();
  if (set->keys.empty()) return Error(Reason::KeysUnavailable, "the key set has no key that can verify a signature");
  const std::size_t keys = set->keys.size();
  log::info("keys fetched", {{"issuer", origin_.issuer}, {"keys", keys}, {"unused", set->unusable.size()}});
  ring_->put(std::move(*set));
  text_ = text;
  const std::lock_guard lock(mutex_);
  numbers_.keys = keys;
  return Done{};
}

Numbers Source::numbers() const {
  const std::lock_guard lock(mutex_);
  return numbers_;
}

}  // namespace mlgateway::jwks
