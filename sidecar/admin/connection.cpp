#include "sidecar/admin/connection.hpp"

#include <array>
#include <chrono>
#include <string>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "sidecar/admin/answer.hpp"

namespace mlgateway::admin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Request = http::request_parser<http::empty_body>;
using Response = http::response<http::string_body>;

constexpr auto kPatience = std::chrono::seconds{10};
constexpr auto kBetweenLooks = std::chrono::milliseconds{20};
constexpr std::size_t kMaxHeadBytes = 8192;
constexpr std::size_t kMaxDrained = 64u << 10;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }
beast::string_view view(std::string_view text) { return {text.data(), text.size()}; }

Question question_of(const Request& parser) {
  const auto& head = parser.get();
  Question question{view(head.method_string()), view(head.target()), {}};
  if (head.count(http::field::authorization) == 1) question.authorization = view(head[http::field::authorization]);
  return question;
}

// HEAD is told the length of what GET would bring, and nothing else.
Response response_of(const Answer& answer, unsigned version, bool keep_alive, bool head_only) {
  Response response(http::int_to_status(static_cast<unsigned>(answer.status)), version);
  response.set(http::field::content_type, view(answer.content_type));
  response.set(http::field::cache_control, "no-store");
  if (!answer.allow.empty()) response.set(http::field::allow, view(answer.allow));
  if (!answer.authenticate.empty()) response.set(http::field::www_authenticate, view(answer.authenticate));
  response.keep_alive(keep_alive);
  response.content_length(answer.body.size());
  if (!head_only) response.body() = answer.body;
  return response;
}

// Whether Beast read something and could not make sense of it, as opposed to a silent, slow or vanished caller.
bool is_nonsense(const error_code& ec) {
  static const auto& category = http::make_error_code(http::error::bad_method).category();
  return ec.category() == category && ec != http::error::end_of_stream && ec != http::error::partial_message;
}

// Closing over unread bytes would reset the connection and take our last answer with it.
asio::awaitable<void> close(beast::tcp_stream& stream) {
  error_code ec;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ec);
  stream.expires_after(kPatience);
  std::array<char, 4096> unread;
  std::size_t drained = 0;
  while (!ec && drained < kMaxDrained) {
    const auto buffer = asio::buffer(unread);
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    drained += co_await stream.async_read_some(buffer, token);
  }
}

asio::awaitable<void> wait_until_due(beast::tcp_stream& stream, const Answer& answer) {
  asio::steady_timer pause(stream.get_executor());
  while (answer.due && !answer.due()) {
    error_code ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    pause.expires_after(kBetweenLooks);
    co_await pause.async_wait(token);
  }
}

// Whether the connection can take another request.
asio::awaitable<bool> exchange(beast::tcp_stream& stream, beast::flat_buffer& buffer, const Sources& sources) {
  error_code ec;
  auto token = asio::redirect_error(asio::use_awaitable, ec);
  Request parser;
  parser.header_limit(kMaxHeadBytes);
  stream.expires_after(kPatience);
  co_await http::async_read_header(stream, buffer, parser, token);
  if (ec && !is_nonsense(ec)) co_return false;

  const bool readable = !ec;
  const Answer answered = readable ? answer(question_of(parser), sources) : Answer{400, "text/plain", "bad request\n"};
  // No request here has a use for a body; whoever sends one is answered, and what follows is not looked at.
  const bool keep_alive = readable && parser.is_done() && parser.get().keep_alive();
  const bool head_only = readable && parser.get().method() == http::verb::head;
  co_await wait_until_due(stream, answered);
  Response response = response_of(answered, readable ? parser.get().version() : 11, keep_alive, head_only);
  stream.expires_after(kPatience);
  co_await http::async_write(stream, response, token);
  co_return keep_alive && !ec;
}

}  // namespace

asio::awaitable<void> serve(asio::ip::tcp::socket socket, const Sources& sources) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer(kMaxHeadBytes);
  while (co_await exchange(stream, buffer, sources)) {
  }
  co_await close(stream);
}

}  // namespace mlgateway::admin
