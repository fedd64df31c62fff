// Asks providers about tokens that only they can read, on one thread of its own.
//
// Workers never wait for it: a request that needs an answer is suspended, and told through its own loop. Equal
// questions that come at the same time are asked once. Whatever goes wrong, nobody is let in for it.
#pragma once

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "sidecar/auth/tokens.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/introspection/numbers.hpp"

namespace mlgateway::introspection {

class Asker {
 public:
  // Questions under way at the same time, of all providers; one more is answered IntrospectionUnavailable at once.
  static constexpr std::size_t kMostQuestions = 256;

  explicit Asker(auth::Tokens& tokens);
  ~Asker();
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;

  // auth::Ask. What was found out is in `tokens` when `tell` is called.
  void ask(auth::Question question, std::function<void(const auth::Verdict&)> tell);
  // Forgets the providers, and what failed under rules, that this configuration does not have.
  void track(const config::GatewayConfig& config);
  // Nothing is told from when it returns; questions may still come. Any number of times.
  void stop();

  // One for each provider that was asked; from any thread.
  std::vector<Numbers> numbers() const;

 private:
  struct Engine;  // the thread's io_context and what it alone knows; Asio stays out of this header

  auth::Tokens& tokens_;
  std::unique_ptr<Engine> engine_;
  std::jthread thread_;
};

}  // namespace mlgateway::introspection
