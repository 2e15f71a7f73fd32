package dev.pollux.samples.sample;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The users, in a database that is reached through JDBC: every call blocks its thread.
 *
 * @threading any thread; one call at a time
 */
final class UserRepository implements AutoCloseable {

  private final Connection connection;

  UserRepository() throws SQLException {
    connection = DriverManager.getConnection("jdbc:h2:mem:"); // private, and gone when it is closed
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE person (id INT PRIMARY KEY, name VARCHAR)");
      statement.execute("INSERT INTO person VALUES (1, 'Castor'), (2, 'Pollux'), (3, 'Helena')");
    }
  }

  /** The user of that number. */
  synchronized User find(int id) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT id, name FROM person WHERE id = ?")) {
      query.setInt(1, id);
      try (ResultSet found = query.executeQuery()) {
        if (!found.next()) {
          throw new SQLException("there is no user " + id);
        }
        return new User(found.getInt(1), found.getString(2));
      }
    }
  }

  @Override
  public synchronized void close() throws SQLException {
    connection.close();
  }
}
