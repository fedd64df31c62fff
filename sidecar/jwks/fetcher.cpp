#include "sidecar/jwks/fetcher.hpp"

#include <algorithm>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <signal.h>

#include "sidecar/jwks/source.hpp"

namespace mlgateway::jwks {
namespace {

namespace asio = boost::asio;

// Signals are for the main thread.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

struct Fetcher::Engine {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::vector<std::shared_ptr<Source>> sources;  // under the fetcher's mutex
};

Fetcher::Fetcher(auth::KeyRings& rings) : rings_(rings), engine_(std::make_unique<Engine>()) {
  thread_ = std::jthread([this] {
    block_signals();
    engine_->io.run();
  });
}

Fetcher::~Fetcher() {
  for (const auto& source : engine_->sources) asio::post(engine_->io, [source] { source->end(); });
  asio::post(engine_->io, [this] { engine_->io.stop(); });
  thread_.join();
}

void Fetcher::track(const config::GatewayConfig& config, std::chrono::milliseconds patience) {
  std::vector<auth::KeyOrigin> wanted;
  for (const config::Route& route : config.routes) wanted = auth::key_origins(route.auth, std::move(wanted));
  std::unique_lock lock(mutex_);
  auto& sources = engine_->sources;
  std::erase_if(sources, [&](const std::shared_ptr<Source>& source) {
    if (std::find(wanted.begin(), wanted.end(), source->origin()) != wanted.end()) return false;
    asio::post(engine_->io, [source] { source->end(); });
    return true;
  });
  rings_.retain(wanted);
  for (const auth::KeyOrigin& origin : wanted) {
    const auto known = [&](const auto& source) { return source->origin() == origin; };
    if (std::any_of(sources.begin(), sources.end(), known)) continue;
    const auto tell = [this] {
      const std::lock_guard telling(mutex_);
      tried_.notify_all();
    };
    const auto source = std::make_shared<Source>(engine_->io, origin, rings_.ring(origin), tell);
    sources.push_back(source);
    asio::post(engine_->io, [source] { source->begin(); });
  }
  tried_.wait_for(lock, patience, [this] { return all_tried(); });
}

bool Fetcher::all_tried() const {
  const auto& sources = engine_->sources;
  return std::all_of(sources.begin(), sources.end(), [](const auto& source) { return source->tried(); });
}

std::vector<Numbers> Fetcher::numbers() const {
  const std::lock_guard lock(mutex_);
  std::vector<Numbers> all;
  for (const auto& source : engine_->sources) all.push_back(source->numbers());
  return all;
}

}  // namespace mlgateway::jwks
