// One request and its answer on one connection to a model.
//
// Sends the head with as much of the body as there is in one write; a body that is still arriving goes beside the
// answer as an Upload, which is joined before run() returns. A caller who hangs up cancels the model's work by ending
// the connection.
#pragma once

#include <optional>
#include <string>

#include "sidecar/http/body.hpp"
#include "sidecar/upstream/forwarder.hpp"
#include "sidecar/upstream/upload.hpp"

namespace mlgateway::upstream {

class ExchangeOn {
 public:
  ExchangeOn(net::Loop& loop, http::Stream& caller, Connection& model, const Errand& errand)
      : loop_(loop), caller_(caller), model_(model), errand_(errand) {}
  ExchangeOn(const ExchangeOn&) = delete;
  ExchangeOn& operator=(const ExchangeOn&) = delete;

  net::Task<Status> run();
  // The same from where somebody else has read the head of the answer and has `collected` what of its body has come so
  // far, decoded with `body`; the request was sent. `head` need not lie in the model's buffer, and stays.
  net::Task<Status> run_from(const http::ResponseHead& head, http::BodyDecoder body, std::string_view collected);

  int status() const { return status_; }
  // A byte of the request may have reached the model.
  bool asked() const { return asked_ || (upload_ && upload_->asked()); }
  bool connection_is_reusable() const { return reusable_; }
  // The one failure after which an inference may be sent again.
  bool closed_before_any_answer() const { return closed_ && !heard_; }
  // The request as it was sent, if it came in pieces and all of it is still at hand.
  std::optional<std::string_view> replay() const { return upload_ ? upload_->replay() : std::nullopt; }

 private:
  net::Task<Status> send();
  net::Task<Status> answer();
  net::Task<Status> read_head();
  net::Task<Status> relay_interim();
  net::Task<Status> relay_body();
  net::Task<Status> read_more(std::span<char> space);

  void watch_caller();
  void begin_answer();
  Status conclude(const Status& relayed);
  Instant deadline() const;
  Error failure(net::IoStatus status);
  Error late() const;
  bool uploading() const { return upload_ && !upload_->finished(); }

  net::Loop& loop_;
  http::Stream& caller_;
  Connection& model_;
  const Errand& errand_;
  std::optional<Upload> upload_;
  http::ResponseHead head_;
  http::BodyDecoder body_;
  Instant sent_{};  // when the whole request was out
  int status_ = 0;
  bool asked_ = false;
  bool heard_ = false;         // a byte of an answer has come
  bool closed_ = false;        // the model ended the connection
  bool streaming_ = false;     // the answer is a stream of events ...
  bool event_passed_ = false;  // ... and the first of them has passed
  bool caller_gone_ = false;
  bool reusable_ = false;
};

}  // namespace mlgateway::upstream
