#include "operator/webhook/connection.hpp"

#include <chrono>
#include <string>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace mlgateway::webhook {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Stream = beast::ssl_stream<beast::tcp_stream>;
using Request = http::request_parser<http::string_body>;
using Response = http::response<http::string_body>;

constexpr auto kPatience = std::chrono::seconds{10};
// Longer than the 90 s after which Go's client closes an idle connection, so that it never sends into our closing.
constexpr auto kIdle = std::chrono::seconds{120};
constexpr std::size_t kMostHead = 16u << 10;
// An object in etcd is at most 1.5 MiB, and an update shows two of them.
constexpr std::uint64_t kMostBody = 4u << 20;
constexpr std::size_t kMostBodies = 64u << 20;

// A share of what may be in memory at once.
class Claim {
 public:
  Claim(std::size_t& all, std::size_t bytes) : all_(all), bytes_(bytes) { all_ += bytes_; }
  ~Claim() { all_ -= bytes_; }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

 private:
  std::size_t& all_;
  const std::size_t bytes_;
};

// Why the head alone is refused; 200: it is not.
HttpAnswer judge(const Request& parser, const Common& common) {
  if (parser.get().method() != http::verb::post) return {405, "only POST is understood here\n"};
  const auto length = parser.content_length();
  if (!length) return {411, "Content-Length is required\n"};
  if (*length > kMostBody) return {413, "an AdmissionReview is at most 4 MiB here\n"};
  if (common.body_bytes + *length > kMostBodies) return {503, "too much at once\n"};
  return {};
}

Response response_of(HttpAnswer answer, unsigned version, bool keep_alive) {
  Response response(http::int_to_status(static_cast<unsigned>(answer.status)), version);
  response.set(http::field::content_type, answer.status == 200 ? "application/json" : "text/plain; charset=utf-8");
  if (answer.status == 405) response.set(http::field::allow, "POST");
  response.keep_alive(keep_alive);
  response.body() = std::move(answer.body);
  response.prepare_payload();
  return response;
}

asio::awaitable<bool> respond(Stream& stream, HttpAnswer answer, bool keep_alive) {
  error_code ec;
  auto token = asio::redirect_error(asio::use_awaitable, ec);
  Response response = response_of(std::move(answer), 11, keep_alive);
  beast::get_lowest_layer(stream).expires_after(kPatience);
  co_await http::async_write(stream, response, token);
  co_return keep_alive && !ec;
}

// Whether the connection can take another request.
asio::awaitable<bool> exchange(Stream& stream, beast::flat_buffer& buffer, Common& common) {
  error_code ec;
  auto token = asio::redirect_error(asio::use_awaitable, ec);
  Request parser;
  parser.header_limit(kMostHead);
  parser.body_limit(kMostBody);
  beast::get_lowest_layer(stream).expires_after(kIdle);
  co_await http::async_read_header(stream, buffer, parser, token);
  // The limit of a body is found here too, and deserves to be told.
  if (ec && ec != http::error::body_limit) co_return false;

  HttpAnswer refused = judge(parser, common);
  if (refused.status != 200) {
    auto sent = respond(stream, std::move(refused), false);
    co_return co_await std::move(sent);
  }
  const Claim claim(common.body_bytes, static_cast<std::size_t>(*parser.content_length()));
  beast::get_lowest_layer(stream).expires_after(kPatience);
  co_await http::async_read(stream, buffer, parser, token);
  if (ec) co_return false;

  const auto target = parser.get().target();
  // The API server adds `?timeout=5s`.
  const std::string_view path = std::string_view(target.data(), target.size());
  HttpAnswer answer = common.handler(path.substr(0, path.find('?')), parser.get().body());
  auto sent = respond(stream, std::move(answer), parser.get().keep_alive());
  co_return co_await std::move(sent);
}

}  // namespace

asio::awaitable<void> serve(asio::ip::tcp::socket socket, std::shared_ptr<asio::ssl::context> tls, Common& common) {
  Stream stream(std::move(socket), *tls);
  beast::flat_buffer buffer;
  error_code ec;
  auto token = asio::redirect_error(asio::use_awaitable, ec);
  beast::get_lowest_layer(stream).expires_after(kPatience);
  co_await stream.async_handshake(asio::ssl::stream_base::server, token);
  if (ec) co_return;
  while (co_await exchange(stream, buffer, common)) {
  }
  beast::get_lowest_layer(stream).expires_after(kPatience);
  co_await stream.async_shutdown(token);
}

}  // namespace mlgateway::webhook
