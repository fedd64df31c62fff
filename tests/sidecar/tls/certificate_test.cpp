#include "sidecar/tls/certificate.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/rsa.h>

#include "tests/support/certificates.hpp"

namespace mlgateway::tls {
namespace {

using testing::ElementsAre;
using testing_support::Authority;
using testing_support::Pair;

// Why it is not taken; empty when it is.
std::string refusal(const std::string& chain, const std::string& key) {
  const auto read = read_certificate(chain, key);
  return read ? "" : read.error().message;
}

TEST(Certificate, IsReadWithItsChain) {
  const Authority authority("root");
  const Pair pair = authority.issue("server");
  const auto read = read_certificate(pair.certificate + "\n" + authority.certificate(), pair.key);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->chain.size(), 1u);
}

TEST(Certificate, IsForItsNames) {
  const Authority authority("root");
  const Pair pair = authority.issue("server", "DNS:A.example,DNS:*.b.example,IP:127.0.0.1");
  const auto read = read_certificate(pair.certificate, pair.key);
  ASSERT_TRUE(read);
  EXPECT_THAT(names_of(*read), ElementsAre("a.example", "*.b.example"));
  for (const char* host : {"a.example", "x.b.example"}) EXPECT_TRUE(is_for(*read, host)) << host;
  // The subject's common name is nobody's address (RFC 6125 6.4.4).
  for (const char* host : {"server", "b.example", "x.y.b.example", "127.0.0.1", ""}) {
    EXPECT_FALSE(is_for(*read, host)) << host;
  }
}

TEST(Certificate, TellsItsLastMoment) {
  const Authority authority("root");
  const Pair pair = authority.issue("server", "DNS:a", 10);
  const auto read = read_certificate(pair.certificate, pair.key);
  ASSERT_TRUE(read);
  const auto left = not_after(*read) - std::chrono::system_clock::now();
  EXPECT_GT(left, std::chrono::hours(10 * 24 - 1));
  EXPECT_LE(left, std::chrono::hours(10 * 24));
}

TEST(Certificate, IsRefusedWithTheReason) {
  const Authority authority("root");
  const Pair pair = authority.issue("server");
  const Pair other = authority.issue("other");
  EXPECT_EQ(refusal("", pair.key), "the certificate is not PEM");
  EXPECT_EQ(refusal("junk", pair.key), "the certificate is not PEM");
  EXPECT_EQ(refusal(pair.key, pair.key), "the certificate is not PEM");
  EXPECT_EQ(refusal(pair.certificate.substr(0, 200), pair.key), "the certificate is not PEM");
  const std::string half = authority.certificate().substr(0, 200);
  EXPECT_EQ(refusal(pair.certificate + half, pair.key), "the chain has a certificate that is not PEM");
  EXPECT_EQ(refusal(pair.certificate, ""), "the private key is not PEM, or is encrypted");
  EXPECT_EQ(refusal(pair.certificate, pair.certificate), "the private key is not PEM, or is encrypted");
  EXPECT_EQ(refusal(pair.certificate, other.key), "the private key is not that of the certificate");
}

TEST(Certificate, HasNoEndlessChain) {
  const Authority authority("root");
  const Pair pair = authority.issue("server");
  std::string chain = pair.certificate;
  for (int i = 0; i < 11; ++i) chain += authority.certificate();
  EXPECT_EQ(refusal(chain, pair.key), "there are more than 10 certificates above the first");
}

TEST(Certificate, AsksNobodyForAPassword) {
  const Authority authority("root");
  const Pair pair = authority.issue("server");
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(pair.key.data(), -1), BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  char password[] = "secret";
  PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), password, 6, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  EXPECT_EQ(refusal(pair.certificate, std::string(data, static_cast<std::size_t>(size))),
            "the private key is not PEM, or is encrypted");
}

}  // namespace
}  // namespace mlgateway::tls
