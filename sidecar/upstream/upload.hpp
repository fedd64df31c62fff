// A request body on its way to the model while the caller still sends it, beside the answer that may already come back.
//
// Started as a task of its own; whoever starts it waits for done() before either connection may die.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sidecar/http/stream.hpp"
#include "sidecar/net/task.hpp"
#include "sidecar/upstream/connection.hpp"

namespace mlgateway::upstream {

class Upload {
 public:
  // `head` is sent first; trailers named in `withheld` are not. All of them outlive the upload.
  Upload(http::Stream& caller, Connection& model, std::string_view head, std::span<const std::string> withheld,
         Instant deadline)
      : caller_(caller), model_(model), head_(head), withheld_(withheld), deadline_(deadline), keeping_(model.reused) {}

  net::Task<void> run();

  bool finished() const { return finished_; }  // it has come to its end, good or bad
  bool asked() const { return asked_; }        // a byte of the request may have reached the model
  bool complete() const { return complete_; }  // all of the body has gone out
  Instant finished_at() const { return finished_at_; }
  // What went wrong on the caller's side; the model's side shows when its answer is read.
  const std::optional<Error>& failure() const { return failure_; }
  net::Event& done() { return done_; }

  // All that was sent, head included, if it is complete and was short enough to keep: then it can be sent again.
  std::optional<std::string_view> replay() const {
    if (!complete() || kept_.empty()) return std::nullopt;
    return kept_;
  }

  // Ends it early, because the answer is complete without the rest.
  void stop();

 private:
  net::Task<Status> send();
  net::Task<bool> pass_on(std::string_view data, bool last);
  void keep(std::span<const iovec> pieces);

  http::Stream& caller_;
  Connection& model_;
  std::string_view head_;
  std::span<const std::string> withheld_;
  Instant deadline_;
  std::string trailers_;
  bool finished_ = false;
  bool asked_ = false;
  bool complete_ = false;
  bool stopped_ = false;
  bool keeping_;  // what is sent: only a request on a reused connection is ever sent again
  std::string kept_;
  Instant finished_at_{};
  std::optional<Error> failure_;
  net::Event done_;
};

}  // namespace mlgateway::upstream
