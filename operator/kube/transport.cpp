#include "operator/kube/transport.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <mutex>
#include <string_view>

#include <cpprest/http_client.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pplx/threadpool.h>
#include <sys/socket.h>

#include "operator/kube/arrival.hpp"

namespace mlgateway::kube {
namespace {

namespace http = web::http;
using std::chrono::milliseconds;
using Body = concurrency::streams::streambuf<std::uint8_t>;

// Every wait here has its own deadline; the library's timer only has to be later than all of them.
constexpr std::chrono::hours kNeverByTheLibrary(1);
// Probes begin after fifteen seconds of silence and give up after three unanswered ones, half a minute in all.
constexpr int kKeepAliveIdle = 15, kKeepAliveInterval = 5, kKeepAliveProbes = 3;
constexpr unsigned kUnacknowledgedMs = 30'000;

// The default pool has forty threads; ours only pass bytes on.
void keep_pool_small() {
  static const bool done = [] {
    try {
      crossplat::threadpool::initialize_with_threads(2);
    } catch (const std::exception&) {
      // Somebody used the pool before; it works at any size.
    }
    return true;
  }();
  static_cast<void>(done);
}

// A half-open connection is silent for ever unless somebody asks it.
void notice_half_open(int fd) {
  const auto set = [fd](int level, int name, int value) { ::setsockopt(fd, level, name, &value, sizeof value); };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdle);
  set(IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveInterval);
  set(IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(kUnacknowledgedMs));
  set(IPPROTO_TCP, TCP_NODELAY, 1);
}

struct Pems {
  std::string authorities, certificate, key;
};

Result<Pems> read_pems(const Peer& peer) {
  auto authorities = read(peer.authorities);
  if (!authorities) return authorities.error();
  auto certificate = read(peer.certificate);
  if (!certificate) return certificate.error();
  auto key = read(peer.key);
  if (!key) return key.error();
  return Pems{std::move(*authorities), std::move(*certificate), std::move(*key)};
}

// Throws what Asio throws; called when a connection is made.
void secure(boost::asio::ssl::context& context, const Pems& pems) {
  using boost::asio::buffer;
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  if (!pems.authorities.empty()) {
    // The library has filled the store with the machine's authorities; a cluster's own is the only one that counts.
    SSL_CTX_set_cert_store(context.native_handle(), X509_STORE_new());
    context.add_certificate_authority(buffer(pems.authorities));
  }
  if (pems.certificate.empty()) return;
  context.use_certificate_chain(buffer(pems.certificate));
  context.use_private_key(buffer(pems.key), boost::asio::ssl::context::pem);
}

http::client::http_client_config config_for(const Peer& peer, const Pems& pems) {
  http::client::http_client_config config;
  config.set_timeout(kNeverByTheLibrary);
  config.set_max_redirects(0);
  config.set_validate_certificates(peer.verify);
  config.set_ssl_context_callback([pems](boost::asio::ssl::context& context) { secure(context, pems); });
  config.set_nativehandle_options([tls = peer.url.starts_with("https:")](http::client::native_handle handle) {
    using boost::asio::ip::tcp;
    auto* const socket = tls ? &static_cast<boost::asio::ssl::stream<tcp::socket&>*>(handle)->next_layer()
                             : static_cast<tcp::socket*>(handle);
    notice_half_open(socket->native_handle());
  });
  return config;
}

template <class T>
std::shared_ptr<Arrival<T>> arrival_of(pplx::task<T> task) {
  auto arrival = std::make_shared<Arrival<T>>();
  task.then([arrival](pplx::task<T> done) {
    try {
      arrival->bring(done.get());
    } catch (const std::exception& error) {
      arrival->bring(fault(FaultKind::Unreachable, error.what()));
    }
  });
  return arrival;
}

Fault gave_up(const std::stop_token& stop) {
  if (stop.stop_requested()) return fault(FaultKind::Stopped, "stopped");
  return fault(FaultKind::TimedOut, "no answer in time");
}

HttpResponse head_of(const http::http_response& response) {
  HttpResponse head;
  head.status = response.status_code();
  for (const auto& [name, value] : response.headers()) {
    if (utility::details::str_iequal(name, "Retry-After")) head.retry_after = value;
    if (utility::details::str_iequal(name, "Warning")) head.warnings.push_back(value);
  }
  return head;
}

http::http_request library_request(const HttpRequest& request) {
  http::http_request out(request.method);
  out.set_request_uri(web::uri(request.target));
  for (const auto& [name, value] : request.headers) out.headers().add(name, value);
  // With a string the library would add its own Content-Type.
  if (!request.body.empty()) out.set_body(std::vector<unsigned char>(request.body.begin(), request.body.end()));
  const auto type = std::find_if(request.headers.begin(), request.headers.end(),
                                 [](const auto& header) { return header.first == "Content-Type"; });
  if (type != request.headers.end()) out.headers().set_content_type(type->second);
  return out;
}

}  // namespace

// The last holder cancels the request, which closes its connection unless the answer was read to its end.
struct HttpStream::State {
  ~State() {
    if (!ended) cancellation.cancel();
  }

  std::shared_ptr<http::client::http_client> client;  // kept until the body is read
  pplx::cancellation_token_source cancellation;
  HttpResponse head;
  Body body;
  std::shared_ptr<Arrival<int>> coming;  // of the next byte, when a read gave up waiting for it
  bool ended = false;
};

HttpStream::HttpStream(std::shared_ptr<State> state) : state_(std::move(state)) {}
HttpStream::HttpStream(HttpStream&&) noexcept = default;
HttpStream& HttpStream::operator=(HttpStream&&) noexcept = default;
HttpStream::~HttpStream() = default;

const HttpResponse& HttpStream::head() const { return state_->head; }

Reply<std::string> HttpStream::read(Instant deadline, const std::stop_token& stop) {
  State& state = *state_;
  if (state.ended) return std::string();
  try {
    // Waits for one byte without taking it; what has come with it is then there at once.
    if (!state.coming) state.coming = arrival_of<int>(state.body.getc());
    auto first = state.coming->wait(deadline, stop);
    if (!first) return gave_up(stop);
    state.coming.reset();
    if (!*first) return first->fault();
    if (**first == Body::traits::eof()) {
      state.ended = true;
      return std::string();
    }
    std::string piece(std::min(state.body.in_avail(), kMostPiece), '\0');
    const std::size_t taken = state.body.getn(reinterpret_cast<std::uint8_t*>(piece.data()), piece.size()).get();
    piece.resize(taken);
    return piece;
  } catch (const std::exception& error) {
    return fault(FaultKind::Unreachable, error.what());
  }
}

struct Transport::Pool {
  explicit Pool(Peer whom) : peer(std::move(whom)) {}

  // The connections in use; made anew where there are none.
  Reply<std::shared_ptr<http::client::http_client>> client() {
    const std::scoped_lock lock(mutex);
    if (current) return current;
    const auto pems = read_pems(peer);
    if (!pems) return fault(FaultKind::Unreachable, pems.error().message);
    current = std::make_shared<http::client::http_client>(web::uri(peer.url), config_for(peer, *pems));
    return current;
  }

  void forget(const std::shared_ptr<http::client::http_client>& failed) {
    const std::scoped_lock lock(mutex);
    if (current == failed) current.reset();
  }

  const Peer peer;
  std::mutex mutex;
  std::shared_ptr<http::client::http_client> current;  // guarded by mutex
};

Transport::Transport(Peer peer) : pool_(std::make_unique<Pool>(std::move(peer))) { keep_pool_small(); }
Transport::~Transport() = default;

Reply<HttpStream> Transport::open(const HttpRequest& request, Instant deadline, const std::stop_token& stop) {
  try {
    const auto client = pool_->client();
    if (!client) return client.fault();
    auto state = std::make_shared<HttpStream::State>();
    state->client = *client;
    const auto arrival = arrival_of((*client)->request(library_request(request), state->cancellation.get_token()));
    auto response = arrival->wait(deadline, stop);
    if (!response || !*response) pool_->forget(*client);
    if (!response) return gave_up(stop);
    if (!*response) return response->fault();
    state->head = head_of(**response);
    state->body = (*response)->body().streambuf();
    return HttpStream(std::move(state));
  } catch (const std::exception& error) {
    return fault(FaultKind::Unreachable, error.what());
  }
}

Reply<HttpResponse> Transport::exchange(const HttpRequest& request, Instant deadline, std::size_t most,
                                        const std::stop_token& stop) {
  auto stream = open(request, deadline, stop);
  if (!stream) return stream.fault();
  HttpResponse response = stream->head();
  while (true) {
    const auto piece = stream->read(deadline, stop);
    if (!piece) return piece.fault();
    if (piece->empty()) return response;
    if (response.body.size() + piece->size() > most) {
      return fault(FaultKind::Unreadable, "the answer is larger than " + std::to_string(most) + " bytes");
    }
    response.body += *piece;
  }
}

}  // namespace mlgateway::kube
