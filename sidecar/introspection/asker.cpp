#include "sidecar/introspection/asker.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <set>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <signal.h>

#include "sidecar/base/log.hpp"
#include "sidecar/introspection/breaker.hpp"
#include "sidecar/jose/url.hpp"
#include "sidecar/jwks/fetch.hpp"

namespace mlgateway::introspection {
namespace {

namespace asio = boost::asio;
using auth::Question;
using auth::Verdict;
using Tell = std::function<void(const Verdict&)>;

// Signals are for the main thread.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

Error unavailable(std::string words) { return Error(Reason::IntrospectionUnavailable, std::move(words)); }

// A query may hold what is secret.
std::string without_query(const std::string& url) { return url.substr(0, url.find('?')); }

bool is_failure(const Verdict& verdict) {
  return !verdict && verdict.error().reason == Reason::IntrospectionUnavailable;
}

using Breakers = std::map<config::Digest, Breaker>;

bool any_open(const Breakers& breakers) {
  return std::any_of(breakers.begin(), breakers.end(), [](const auto& known) { return known.second.open(); });
}

}  // namespace

// What the thread alone looks at, but for the numbers.
struct Asker::Engine {
  using Address = std::pair<std::string, std::string>;  // issuer and url
  struct Provider {
    // By the digest of the rules: a route that presents a wrong secret, or trusts a wrong authority, fails by itself.
    Breakers breakers;
    Numbers numbers;  // under mutex
  };

  explicit Engine(auth::Tokens& shared) : tokens(shared) {}

  void take(Question question, Tell tell);
  asio::awaitable<void> fly(Question question);
  static asio::awaitable<Verdict> ask_provider(const Question& question);
  Provider& provider_of(const Question& question);
  void settle(const Question& question, const Verdict& verdict);
  void land(const config::Digest& key, const Verdict& verdict);
  void shed(Provider& provider, const char* why, const Tell& tell);
  void forget_others(const std::set<Address>& addresses, const std::set<config::Digest>& digests);

  auth::Tokens& tokens;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::map<config::Digest, std::vector<Tell>> flights;  // by the question's key
  mutable std::mutex mutex;
  std::map<Address, Provider> providers;  // changed by the thread, under mutex
};

void Asker::Engine::take(Question question, Tell tell) {
  const auto flight = flights.find(question.key);
  if (flight != flights.end()) return flight->second.push_back(std::move(tell));
  // The answer may have come after the worker had looked for it.
  const WallTime now = std::chrono::system_clock::now();
  if (auth::IdentityPtr known = tokens.memory.find(question.key, now)) return tell(known);
  if (const auto refused = tokens.refused.find(question.key, now)) return tell(*refused);
  Provider& provider = provider_of(question);
  if (flights.size() >= kMostQuestions) return shed(provider, "too many questions are under way", tell);
  Breaker& breaker = provider.breakers[question.rules->digest];
  if (!breaker.admit(std::chrono::steady_clock::now())) return shed(provider, "the provider has failed", tell);
  flights[question.key].push_back(std::move(tell));
  asio::co_spawn(io, fly(std::move(question)), asio::detached);
}

void Asker::Engine::shed(Provider& provider, const char* why, const Tell& tell) {
  {
    const std::lock_guard lock(mutex);
    ++provider.numbers.shed;
  }
  tell(unavailable(std::string("the provider is not asked: ") + why));
}

asio::awaitable<void> Asker::Engine::fly(Question question) {
  Verdict verdict = unavailable("the question has failed");
  try {
    auto asking = ask_provider(question);
    verdict = co_await std::move(asking);
  } catch (const std::exception&) {  // a library out of memory; the next question may fare better
  }
  settle(question, verdict);
  land(question.key, verdict);
}

asio::awaitable<Verdict> Asker::Engine::ask_provider(const Question& question) {
  const config::Introspection& provider = question.rules->provider;
  const auto url = jose::parse_url(provider.url);
  if (!url) co_return unavailable("the method has nobody who can be asked");
  auth::IntrospectionRequest request = auth::introspection_request(provider, question.token);
  jwks::Form form{std::move(request.authorization), std::move(request.body)};
  auto posting = jwks::post(*url, std::move(form), provider.ca, provider.timeout);
  const auto answer = co_await std::move(posting);
  if (!answer) co_return unavailable("the provider cannot be asked: " + answer.error().message);
  const WallTime now = std::chrono::system_clock::now();
  co_return auth::judge_introspection(*answer, *question.rules, now);
}

Asker::Engine::Provider& Asker::Engine::provider_of(const Question& question) {
  const config::Introspection& named = question.rules->provider;
  const std::lock_guard lock(mutex);
  Provider& provider = providers[{named.issuer, named.url}];
  provider.numbers.issuer = named.issuer;
  provider.numbers.url = without_query(named.url);
  return provider;
}

// Counts the verdict, and remembers it before anybody is told.
void Asker::Engine::settle(const Question& question, const Verdict& verdict) {
  const config::Introspection& rules = question.rules->provider;
  const WallTime now = std::chrono::system_clock::now();
  Provider& provider = provider_of(question);
  Breaker& breaker = provider.breakers[question.rules->digest];
  const bool was_open = breaker.open();
  is_failure(verdict) ? breaker.fail(std::chrono::steady_clock::now()) : breaker.succeed();
  {
    const std::lock_guard lock(mutex);
    Numbers& numbers = provider.numbers;
    ++(verdict ? numbers.active : is_failure(verdict) ? numbers.failed : numbers.refused);
    numbers.open = any_open(provider.breakers);
    numbers.error = is_failure(verdict) ? verdict.error().message : "";
  }
  if (verdict) {
    tokens.memory.count_good();
    if ((*verdict)->end > now) tokens.memory.remember(question.key, *verdict);
    return;
  }
  tokens.memory.count_refused(verdict.error().reason);
  if (!is_failure(verdict)) {
    tokens.memory.forget(question.key);
    return tokens.refused.remember(question.key, verdict.error(), now + rules.remember_refused);
  }
  log::error("a token cannot be introspected", {{"issuer", rules.issuer},
                                                {"url", without_query(rules.url)},
                                                {"error", verdict.error().message},
                                                {"given_up", breaker.open() && !was_open}});
}

void Asker::Engine::land(const config::Digest& key, const Verdict& verdict) {
  auto flight = flights.extract(key);
  for (const Tell& tell : flight.mapped()) tell(verdict);
}

void Asker::Engine::forget_others(const std::set<Address>& addresses, const std::set<config::Digest>& digests) {
  const std::lock_guard lock(mutex);
  std::erase_if(providers, [&](const auto& known) { return !addresses.contains(known.first); });
  for (auto& [address, provider] : providers) {
    std::erase_if(provider.breakers, [&](const auto& known) { return !digests.contains(known.first); });
    provider.numbers.open = any_open(provider.breakers);
  }
}

Asker::Asker(auth::Tokens& tokens) : tokens_(tokens), engine_(std::make_unique<Engine>(tokens)) {
  thread_ = std::jthread([this] {
    block_signals();
    engine_->io.run();
  });
}

Asker::~Asker() { stop(); }

void Asker::stop() {
  engine_->io.stop();
  if (thread_.joinable()) thread_.join();
}

void Asker::ask(Question question, Tell tell) {
  asio::post(engine_->io, [this, question = std::move(question), tell = std::move(tell)]() mutable {
    engine_->take(std::move(question), std::move(tell));
  });
}

void Asker::track(const config::GatewayConfig& config) {
  std::set<Engine::Address> addresses;
  std::set<config::Digest> digests;
  for (const config::Route& route : config.routes) {
    const auto rules = auth::introspection_rules(route);
    if (!rules) continue;
    addresses.emplace(rules->provider.issuer, rules->provider.url);
    digests.insert(rules->digest);
  }
  asio::post(engine_->io, [this, addresses = std::move(addresses), digests = std::move(digests)] {
    engine_->forget_others(addresses, digests);
  });
}

std::vector<Numbers> Asker::numbers() const {
  const std::lock_guard lock(engine_->mutex);
  std::vector<Numbers> all;
  for (const auto& [address, provider] : engine_->providers) all.push_back(provider.numbers);
  return all;
}

}  // namespace mlgateway::introspection
