#include "sidecar/jose/base64url.hpp"

#include <gtest/gtest.h>

#include "tests/sidecar/jose/signer.hpp"

namespace mlgateway::jose {
namespace {

TEST(Base64Url, ReadsWhatIsWritten) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(decode_base64url(encode_base64url(bytes)), bytes) << i;
    bytes += static_cast<char>(i * 37);
  }
}

TEST(Base64Url, ReadsTheExampleOfRfc7515AppendixC) {
  EXPECT_EQ(decode_base64url("A-z_4ME"), std::string("\x03\xec\xff\xe0\xc1"));
  EXPECT_EQ(decode_base64url(""), "");
}

TEST(Base64Url, RefusesWhatNoEncoderWrites) {
  for (const char* text : {"A", "AAAAA", "QQ==", "QQ=", "Q Q", "QQ\n", "+/++", "Q.QQ", "QQ%3D",
                           "\xc3\xa4"
                           "AA"}) {
    EXPECT_FALSE(decode_base64url(text)) << text;
  }
}

TEST(Base64Url, RefusesLastCharactersWhoseBitsBelongToNoByte) {
  EXPECT_EQ(decode_base64url("QQ"), "A");
  EXPECT_FALSE(decode_base64url("QR"));
  EXPECT_EQ(decode_base64url("QUI"), "AB");
  EXPECT_FALSE(decode_base64url("QUJ"));
}

TEST(Base64Url, RefusesAZeroByte) { EXPECT_FALSE(decode_base64url(std::string_view("QQ\0Q", 4))); }

}  // namespace
}  // namespace mlgateway::jose
