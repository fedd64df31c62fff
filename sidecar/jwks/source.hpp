// One place from which keys are fetched, again and again, for as long as some route needs them.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "sidecar/auth/key_ring.hpp"
#include "sidecar/jwks/numbers.hpp"
#include "sidecar/jwks/refresh.hpp"

namespace mlgateway::jwks {

// Lives on the one thread of its io_context, but for what says otherwise. It is one at a time: while it fetches,
// further wishes wait for what comes of that.
class Source : public std::enable_shared_from_this<Source> {
 public:
  // `on_tried` is called when the first attempt has ended, well or not.
  Source(boost::asio::io_context& io, auth::KeyOrigin origin, std::shared_ptr<auth::KeyRing> ring,
         std::function<void()> on_tried);

  void begin();
  void end();

  const auth::KeyOrigin& origin() const { return origin_; }
  Numbers numbers() const;                      // from any thread
  bool tried() const { return tried_.load(); }  // from any thread

 private:
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> refresh();
  boost::asio::awaitable<Result<std::string>> fetch_keys();
  Status take(const std::string& text);
  void listen();
  void limit_age();
  void drop_old();

  boost::asio::io_context& io_;
  const auth::KeyOrigin origin_;
  const std::shared_ptr<auth::KeyRing> ring_;
  const std::function<void()> on_tried_;
  boost::asio::steady_timer timer_;   // until the next attempt
  boost::asio::steady_timer expiry_;  // of the keys in the ring
  Refresh refresh_;
  std::string text_;  // of the keys in the ring
  bool missed_ = false;
  bool ended_ = false;
  std::atomic<bool> tried_{false};
  mutable std::mutex mutex_;
  Numbers numbers_;  // under mutex_
};

}  // namespace mlgateway::jwks
